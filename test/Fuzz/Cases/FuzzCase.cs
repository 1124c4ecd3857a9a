using Gateway.Testing.Fuzzing.Bodies;
using Gateway.Testing.Fuzzing.Upstreams;

namespace Gateway.Fuzz.Cases;

/// <summary>One request with the answers that upstreams have ready for it.</summary>
internal sealed record FuzzCase
{
    public required string Id { get; init; }

    public required CaseFamily Family { get; init; }

    /// <summary>As they go over the wire.</summary>
    public required byte[] Request { get; init; }

    public string Method { get; init; } = "POST";

    public required Expectation Expectation { get; init; }

    /// <summary>The body without its framing; null: the request is too broken to say.</summary>
    public byte[]? Body { get; init; }

    /// <summary>Null: the path is too broken to say.</summary>
    public FuzzOperation? Operation { get; init; }

    /// <summary>The model that the path names; null: the body does.</summary>
    public string? PathModel { get; init; }

    /// <summary>The n-th is for the n-th attempt; the last one for all that follow.</summary>
    public IReadOnlyList<UpstreamScript> Scripts { get; init; } = [];

    /// <summary>Earlier cases may have left the model's entries unusable for a while.</summary>
    public bool MayBeCooling { get; init; }

    /// <summary>The identity provider's answer may be unreadable.</summary>
    public bool IdentityMayFail { get; init; }

    /// <summary>The caller leaves as soon as everything is sent.</summary>
    public bool Leaves { get; init; }

    public UpstreamScript ScriptFor(int attempt) => Scripts[Math.Min(attempt, Scripts.Count) - 1];
}
