using System.Reflection;
using System.Text.Json.Nodes;
using Gateway.Api.Errors;

namespace Gateway.Api.Tests.Errors;

public sealed class ErrorShapeTests
{
    public static TheoryData<string, GatewayError> All()
    {
        var errors = new TheoryData<string, GatewayError>();
        foreach (var factory in new[] { typeof(GatewayErrors), typeof(RequestErrors), typeof(UpstreamErrors) }.SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static)))
        {
            var arguments = factory.GetParameters().Select(Sample).ToArray();
            errors.Add(factory.Name, (GatewayError)factory.Invoke(null, arguments)!);
        }

        return errors;
    }

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void The_type_follows_from_the_status(string name, GatewayError error)
    {
        var expected = error.Status switch
        {
            402 => GatewayErrors.InsufficientQuota,
            403 => GatewayErrors.PermissionError,
            429 => GatewayErrors.RateLimitError,
            >= 500 => GatewayErrors.ServerError,
            _ => GatewayErrors.InvalidRequest,
        };
        error.Type.Should().Be(expected, name);
        error.Code.Should().MatchRegex("^[a-z0-9_]+$", name);
        error.Message.Should().EndWith(".", name);
    }

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void Clients_that_retry_by_status_are_always_told_to_wait(string name, GatewayError error)
    {
        if (error.Status is 429 or >= 500)
        {
            error.RetryAfter.Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1), name).And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(60), name);
        }
    }

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void Both_dialects_carry_the_same_message(string name, GatewayError error)
    {
        var openAi = ErrorWriter.ToJson(error)["error"]!.AsObject();
        var anthropic = AnthropicErrors.ToJson(error, "id-1");

        openAi.Select(field => field.Key).Should().Equal("message", "type", "param", "code");
        anthropic["error"]!["message"]!.ToString().Should().Be(openAi["message"]!.ToString(), name);
        anthropic["type"]!.ToString().Should().Be("error");
        anthropic["request_id"]!.ToString().Should().Be("id-1");
        anthropic["error"]!["type"]!.ToString().Should().EndWith(error.Status == 413 ? "large" : "error");
    }

    private static object? Sample(ParameterInfo parameter) => parameter.ParameterType switch
    {
        var type when type == typeof(string) => parameter.Name == "code" ? "a_code" : "Words.",
        var type when type == typeof(int) => parameter.Member.Name == nameof(UpstreamErrors.Failed) ? 503 : 400,
        var type when type == typeof(long?) => 1L,
        var type when type == typeof(bool) => true,
        var type when type == typeof(TimeSpan) => TimeSpan.FromSeconds(7),
        _ => null,
    };
}
