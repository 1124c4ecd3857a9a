using System.Collections.Immutable;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Abstractions.Nodes;
using Gateway.Runtime.Tests.Grains;
using Orleans.Runtime.Transport;

namespace Gateway.Runtime.Tests.Messages;

/// <summary>Whatever the message rules let through comes out of the wire as it went in.</summary>
public sealed class WireTests
{
    [Fact]
    public void every_message_of_the_product_survives_with_all_its_values()
    {
        foreach (var type in GatewayMessageTests.Check().Messages)
        {
            var sample = SampleValues.Of(type);
            Text(RoundTrip(sample, type), type).Should().Be(Text(sample, type), "{0} must come back as it went", type);
        }
    }

    [Fact]
    public void every_message_of_the_product_survives_with_nothing_set()
    {
        foreach (var type in GatewayMessageTests.Check().Messages)
        {
            var empty = System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
            var text = Text(empty, type);
            if (!type.GetProperties().Any(property => property.PropertyType == typeof(string) && text.Contains("null") && !text.Contains(property.Name)))
            {
                Text(RoundTrip(empty, type), type).Should().Be(text, "default arrays, collections and numbers of {0} must cross", type);
            }
        }
    }

    [Fact]
    public void values_survive_whatever_they_are() => Prop.ForAll(Messages().ToArbitrary(), message =>
    {
        var again = (WireSample)RoundTrip(message, typeof(WireSample))!;
        return Same(message, again);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void identities_survive_also_as_keys()
    {
        var hosts = new Dictionary<SiloAddress, SiloStatus> { [SiloAddress.FromParsableString("[::1]:11111@7")] = SiloStatus.Active };
        RoundTrip(hosts, hosts.GetType()).Should().BeEquivalentTo(hosts);
        RoundTrip(GrainId.Create("counter", "a/b é"), typeof(GrainId)).Should().Be(GrainId.Create("counter", "a/b é"));
        RoundTrip(default(GrainId), typeof(GrainId)).Should().Be(default(GrainId));
        RoundTrip(GrainType.Create("counter"), typeof(GrainType)).Should().Be(GrainType.Create("counter"));
        RoundTrip(IdSpan.Create(""), typeof(IdSpan)).Should().Be(IdSpan.Create(""));
        FluentActions.Invoking(() => JsonSerializer.Deserialize("\"nonsense\"", WireJson.TypeInfo<SiloAddress>())).Should().Throw<JsonException>();
        FluentActions.Invoking(() => JsonSerializer.Deserialize("\"nonsense\"", WireJson.TypeInfo<GrainId>())).Should().Throw<JsonException>();
    }

    [Fact]
    public void members_that_a_newer_version_adds_are_passed_over()
    {
        var json = "{\"Schema\":1,\"Total\":5,\"Added\":{\"Deep\":[1]}}";

        JsonSerializer.Deserialize(json, WireJson.TypeInfo<LedgerState>()).Should().Be(new LedgerState { Schema = 1, Total = 5 });
    }

    [Fact]
    public void a_heartbeat_is_understood_by_the_version_that_did_not_tell_of_members_and_the_other_way_round()
    {
        var earlier = JsonSerializer.Deserialize("{\"FeedVersion\":5,\"SettingsDiffer\":false,\"KeysVersion\":6,\"LimitsVersion\":7}", WireJson.TypeInfo<HeartbeatAnswer>())!;

        earlier.Should().Be(new HeartbeatAnswer { FeedVersion = 5, KeysVersion = 6, LimitsVersion = 7 });
        earlier.KnowsMembers.Should().BeNull("not told is not no");
        foreach (var told in (bool[])[true, false])
        {
            var now = Text(earlier with { KnowsMembers = told }, typeof(HeartbeatAnswer));
            JsonDocument.Parse(now).RootElement.GetProperty("KnowsMembers").GetBoolean().Should().Be(told);
            JsonSerializer.Deserialize(now, WireJson.TypeInfo<HeartbeatAnswer>())!.KnowsMembers.Should().Be(told);
            JsonSerializer.Deserialize(now, WireJson.TypeInfo<SecondVersion>()).Should().Be(new SecondVersion { FeedVersion = 5, KnowsMembers = told });
            JsonSerializer.Deserialize(now, WireJson.TypeInfo<FirstVersion>()).Should().Be(new FirstVersion { FeedVersion = 5 });
        }
    }

    [Theory]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(ArgumentException))]
    [InlineData(typeof(ArgumentNullException))]
    [InlineData(typeof(KeyNotFoundException))]
    [InlineData(typeof(OrleansException))]
    [InlineData(typeof(SiloUnavailableException))]
    [InlineData(typeof(OrleansMessageRejectionException))]
    [InlineData(typeof(LimitExceededException))]
    [InlineData(typeof(Orleans.Storage.InconsistentStateException))]
    public void an_exception_of_a_known_type_keeps_type_message_and_cause(Type type)
    {
        var again = ExceptionCodec.Decode(new WireException(type.FullName!, "what happened", new WireException(typeof(IOException).FullName!, "the cause")));

        again.Should().BeOfType(type);
        again.Message.Should().Be("what happened");
        again.InnerException.Should().BeOfType<IOException>().Which.Message.Should().Be("the cause");
    }

    [Theory]
    [InlineData("No.Such.Exception")]
    [InlineData("System.Diagnostics.Process")]
    [InlineData("System.String")]
    [InlineData("")]
    [InlineData("System.Collections.Generic.List`1[[")]
    public void nothing_but_exceptions_is_constructed(string type) =>
        ExceptionCodec.Decode(new WireException(type, "what happened")).Should().BeOfType<OrleansException>().Which.Message.Should().Be($"{type}: what happened");

    private static object? RoundTrip(object? value, Type type) => JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(value, WireJson.TypeInfo(type)), WireJson.TypeInfo(type));

    private static string Text(object? value, Type type) => JsonSerializer.Serialize(value, WireJson.TypeInfo(type));

    private static bool Same(WireSample one, WireSample other) =>
        one with { Items = default, Map = ImmutableDictionary<string, long>.Empty, Set = ImmutableHashSet<int>.Empty, Inner = [] }
            == other with { Items = default, Map = ImmutableDictionary<string, long>.Empty, Set = ImmutableHashSet<int>.Empty, Inner = [] }
        && one.Items.IsDefault == other.Items.IsDefault && (one.Items.IsDefault || one.Items.SequenceEqual(other.Items))
        && one.Map.Count == other.Map.Count && one.Map.All(pair => other.Map.TryGetValue(pair.Key, out var value) && value == pair.Value)
        && one.Set.SetEquals(other.Set)
        && one.Inner.Count == other.Inner.Count && one.Inner.Zip(other.Inner).All(pair => Same(pair.First, pair.Second));

    private static Gen<WireSample> Messages(int depth = 0) =>
        from text in Any<string?>().Where(IsText)
        from number in Any<decimal>()
        from span in Any<TimeSpan>()
        from moment in Any<DateTimeOffset>()
        from small in Any<int?>()
        from ratio in Any<NormalFloat>()
        from status in Gen.Elements(Enum.GetValues<SiloStatus>())
        from id in Any<Guid>()
        from items in Any<string[]?>().Where(items => items is null || items.All(IsText))
        from keys in Any<NonNull<string>[]>().Where(keys => keys.All(key => IsText(key.Get)))
        from set in Any<int[]>()
        from inner in depth < 2 ? Gen.ArrayOf(Messages(depth + 1), 2) : Gen.Constant(Array.Empty<WireSample>())
        select new WireSample(text, number, span, moment, small, ratio.Get, status, id)
        {
            Items = items is null ? default : [.. items],
            Map = keys.Select(key => key.Get).Distinct().ToImmutableDictionary(key => key, key => (long)key.Length),
            Set = [.. set],
            Inner = [.. inner],
        };

    private static Gen<T> Any<T>() => ArbMap.Default.GeneratorFor<T>();

    // A lone surrogate is no text: no encoding can carry it.
    private static bool IsText(string? text) => text is null || !text.Any(char.IsSurrogate);

    private sealed record FirstVersion
    {
        public required long FeedVersion { get; init; }
    }

    private sealed record SecondVersion
    {
        public required long FeedVersion { get; init; }

        public bool KnowsMembers { get; init; }
    }

    [GenerateSerializer, Immutable, Alias("test.WireSample")]
    public sealed record WireSample(string? Text, decimal Number, TimeSpan Span, DateTimeOffset Moment, int? Small, double Ratio, SiloStatus Status, Guid Id)
    {
        [Id(0)] public ImmutableArray<string> Items { get; init; }

        [Id(1)] public ImmutableDictionary<string, long> Map { get; init; } = ImmutableDictionary<string, long>.Empty;

        [Id(2)] public ImmutableHashSet<int> Set { get; init; } = [];

        [Id(3)] public IReadOnlyList<WireSample> Inner { get; init; } = [];
    }
}
