using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Gateway.Abstractions.Limits;
using Gateway.Abstractions.Manifests;
using Gateway.Abstractions.Nodes;
using Gateway.Abstractions.Tokens;
using Gateway.Api.Tests.Admission.Fakes;
using Gateway.Api.Tests.Routing.Fakes;
using Orleans;

namespace Gateway.Api.Tests.Authentication;

/// <summary>The manifest grain as far as keys need it.</summary>
internal sealed class ManifestDouble
{
    public ConcurrentQueue<long> Announced { get; } = new();

    public ConcurrentQueue<long> LimitsAnnounced { get; } = new();

    public ConcurrentDictionary<string, long> Nodes { get; } = new();

    /// <summary>Nodes that nobody has heard of lately.</summary>
    public ConcurrentDictionary<string, long> Silent { get; } = new();

    public bool IsDown { get; set; }

    /// <summary>Owners of limits.</summary>
    public ConcurrentDictionary<string, FakeQuotaGrain> Quotas { get; } = new();

    public FakeQuotaGrain Quota(string key) => Quotas.GetOrAdd(key, _ => new FakeQuotaGrain(TimeProvider.System));

    /// <summary>False: the owner has just taken over.</summary>
    public bool IsComplete { get; set; } = true;

    /// <summary>Answers for opaque tokens; null: nobody may ask.</summary>
    public ITokenGrain? Tokens { get; set; }

    public IGrainFactory Factory => Stub.Create<IGrainFactory>((_, arguments) => arguments[0] is IManifestGrain.Key
        ? Stub.Create<IManifestGrain>(Answer)
        : arguments[0] is string key && key.Contains(':', StringComparison.Ordinal) ? StandIn.For<ISubjectGrain>(Quota(key))
        : Tokens ?? throw new NotSupportedException("No test asked for other grains."));

    private object Answer(string method, object?[] arguments)
    {
        if (IsDown)
        {
            throw new TimeoutException();
        }

        if (method == nameof(IManifestGrain.KeysChanged))
        {
            Announced.Enqueue((long)arguments[0]!);
            return Task.FromResult(1L);
        }

        if (method == nameof(IManifestGrain.LimitsChanged))
        {
            LimitsAnnounced.Enqueue((long)arguments[0]!);
            return Task.FromResult(1L);
        }

        return method == nameof(IManifestGrain.DescribeNodes) ? Task.FromResult(Describe()) : throw new NotSupportedException(method);
    }

    private NodeList Describe() => new()
    {
        IsComplete = IsComplete,
        Nodes = [.. Nodes.Select(node => StateOf(node.Key, node.Value)).ToImmutableArray()],
        Silent = [.. Silent.Select(node => new SilentNode { NodeId = node.Key, KeysVersion = node.Value })],
    };

    private static NodeState StateOf(string id, long keysVersion) => new()
    {
        SeenAt = DateTimeOffset.UnixEpoch,
        Last = new NodeHeartbeat { NodeId = id, Version = "1", SettingsHash = "", InFlight = 0, FeedVersion = 1, KeysVersion = keysVersion },
    };

    /// <summary>Answers every call by one function, whatever members the interface has.</summary>
#pragma warning disable CA1852 // DispatchProxy derives from it at run time
    private class Stub : DispatchProxy
#pragma warning restore CA1852
    {
        private Func<string, object?[], object>? _answer;

        public static T Create<T>(Func<string, object?[], object> answer)
            where T : class
        {
            var proxy = Create<T, Stub>();
            ((Stub)(object)proxy)._answer = answer;
            return proxy;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer!(targetMethod!.Name, args ?? []);
    }
}
