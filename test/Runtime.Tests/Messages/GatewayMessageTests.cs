using System.Reflection;
using System.Text.Json;
using Orleans.Runtime.Registration;

namespace Gateway.Runtime.Tests.Messages;

/// <summary>The messages and states of the product, and those of the tests themselves so that there always are some.</summary>
public sealed class GatewayMessageTests
{
    // "Message.Member" of floating point members that are finite by construction; the reason stands where the member is declared.
    private static readonly HashSet<string> Finite = ["WindowLimit.SoftAt"];

    private static readonly Assembly[] Assemblies = [Assembly.Load("Gateway.Grains.Abstractions"), Assembly.Load("Gateway.Grains"), Assembly.GetExecutingAssembly()];

    [Fact]
    public void every_message_and_state_keeps_the_rules()
    {
        var rules = Check();

        rules.Problems.Should().BeEmpty();
        rules.Messages.Should().Contain(typeof(Tests.Grains.LedgerState));
    }

    [Fact]
    public void every_message_and_state_survives_json()
    {
        foreach (var type in Check().Messages)
        {
            var json = JsonSerializer.Serialize(SampleValues.Of(type), type);
            var again = JsonSerializer.Serialize(JsonSerializer.Deserialize(json, type), type);

            again.Should().Be(json, "{0} must come back as it went", type);
        }
    }

    [Fact]
    public void a_sample_with_nested_collections_survives_json_without_losing_a_member()
    {
        var sample = (Samples.Good)SampleValues.Of(typeof(Samples.Good));

        var again = JsonSerializer.Deserialize<Samples.Good>(JsonSerializer.Serialize(sample))!;

        again.Should().BeEquivalentTo(sample);
        again.Parts.Should().ContainSingle().Which.Count.Should().Be(42);
    }

    internal static MessageRules Check()
    {
        var rules = new MessageRules(Finite);
        var types = Assemblies.SelectMany(assembly => assembly.GetTypes()).ToList();
        foreach (var grainInterface in types.Where(type => GrainRegistry.IsGrainInterface(type) && !type.ContainsGenericParameters && type.IsPublic))
        {
            rules.CheckInterface(grainInterface);
        }

        foreach (var state in types.Where(GrainClassDiscovery.IsGrainClass).SelectMany(type => new GrainClass(type).StateTypes).Distinct())
        {
            rules.CheckState(state);
        }

        return rules;
    }
}
