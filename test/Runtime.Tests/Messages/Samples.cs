using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Gateway.Runtime.Tests.Messages;

/// <summary>Messages that keep the rules and messages that break one each.</summary>
public static class Samples
{
    [GenerateSerializer, Immutable, Alias("sample.positional")]
    public sealed record Positional(string Name, int Count);

    [GenerateSerializer, Immutable, Alias("sample.good")]
    public sealed record Good
    {
        [Id(0)]
        public required string Name { get; init; }

        [Id(1)]
        public ImmutableArray<Positional> Parts { get; init; } = [];

        [Id(2)]
        public IReadOnlyDictionary<string, TimeSpan?> Delays { get; init; } = ImmutableDictionary<string, TimeSpan?>.Empty;

        public int NameLength => Name.Length;
    }

    [GenerateSerializer, Immutable, Alias("sample.struct")]
    [StructLayout(LayoutKind.Auto)]
    public readonly record struct GoodStruct([property: Id(0)] Guid Id, [property: Id(1)] DateTimeOffset At);

    [GenerateSerializer, Immutable, Alias("sample.state")]
    public sealed record GoodState
    {
        [Id(0)]
        public int Schema { get; init; } = 1;
    }

    [Immutable, Alias("sample.1")]
    public sealed record WithoutSerializer(string Name);

    [GenerateSerializer, Alias("sample.2")]
    public sealed record WithoutImmutable(string Name);

    [GenerateSerializer, Immutable]
    public sealed record WithoutAlias(string Name);

    [GenerateSerializer, Immutable, Alias("sample.good")]
    public sealed record SameAlias(string Name);

    [GenerateSerializer, Immutable, Alias("sample.3")]
    public sealed record WithoutId
    {
        public string Name { get; init; } = "";
    }

    [GenerateSerializer, Immutable, Alias("sample.4")]
    public sealed record SameId
    {
        [Id(0)]
        public string First { get; init; } = "";

        [Id(0)]
        public string Second { get; init; } = "";
    }

    [GenerateSerializer, Immutable, Alias("sample.5")]
    public sealed record Mutable
    {
        [Id(0)]
        public string Name { get; set; } = "";
    }

    [GenerateSerializer, Immutable, Alias("sample.6")]
    public sealed class NotARecord;

    [GenerateSerializer, Immutable, Alias("sample.7")]
    internal sealed record NotPublic(string Name);

    [GenerateSerializer, Immutable, Alias("sample.8")]
    public sealed record WithObject(object Anything);

    [GenerateSerializer, Immutable, Alias("sample.9")]
    public sealed record WithJson(JsonElement Json);

    [GenerateSerializer, Immutable, Alias("sample.10")]
    public sealed record WithTuple((int Left, int Right) Pair);

    [GenerateSerializer, Immutable, Alias("sample.11")]
    public sealed record WithList(List<string> Names);

    [GenerateSerializer, Immutable, Alias("sample.12")]
    public sealed record WithArray(byte[] Bytes);

    [GenerateSerializer, Immutable, Alias("sample.13")]
    public sealed record WithDouble(double Ratio);

    [GenerateSerializer, Immutable, Alias("sample.14")]
    public sealed record WithField(string Name)
    {
        [SuppressMessage("Design", "CA1051", Justification = "The rule under test.")]
        public string Field = "";
    }

    [GenerateSerializer, Immutable, Alias("sample.15")]
    public sealed record Nested(ImmutableArray<WithArray?> Inner);

    public interface ITakes<in TParameter, TResult>
    {
        Task<TResult> Exchange(TParameter parameter, CancellationToken token);
    }
}
