using System.Reflection;
using Gateway.Api.Health;
using Microsoft.Extensions.Logging;

namespace Gateway.Api.Tests.Health;

/// <summary>Operators look for an event by its number.</summary>
public sealed class EventIdTests
{
    [Fact]
    public void No_two_events_have_one_number()
    {
        var events = typeof(Readiness).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(method => (Name: $"{method.DeclaringType!.Name}.{method.Name}", Event: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(each => each.Event?.EventId > 1_000)
            .ToList();

        events.Should().NotBeEmpty();
        events.GroupBy(each => each.Event!.EventId).Where(same => same.Count() > 1).Select(same => string.Join(", ", same.Select(each => each.Name))).Should().BeEmpty();
    }
}
