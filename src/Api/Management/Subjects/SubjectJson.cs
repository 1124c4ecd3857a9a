using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Abstractions.Limits;

namespace Gateway.Api.Management.Subjects;

/// <summary>One subject with limits.</summary>
public record SubjectJson
{
    public required string Subject { get; init; }

    /// <summary>As <c>PUT …/limits</c> takes it; null: none are set for the subject itself.</summary>
    public JsonElement? Limits { get; init; }

    /// <summary><c>admin</c>, <c>settings</c>, or <c>default:user</c> where those of every user hold.</summary>
    public string? Source { get; init; }

    public required long Version { get; init; }

    /// <summary>As the owner told, or in a list as this node last heard.</summary>
    public ImmutableArray<WindowJson> Windows { get; init; } = [];
}

/// <summary>One subject with what its owner says.</summary>
public sealed record SubjectDetailJson : SubjectJson
{
    /// <summary>Requests in flight in the whole cluster; null: not bounded.</summary>
    public ConcurrencyJson? Concurrency { get; init; }

    /// <summary>Who holds permits and units.</summary>
    public ImmutableArray<LeaseJson> Leases { get; init; } = [];

    public long? Epoch { get; init; }

    public DateTime? ActivatedAt { get; init; }

    /// <summary>When it was read.</summary>
    public required DateTime AsOf { get; init; }

    /// <summary>The subject itself if its owner did not answer in time.</summary>
    public ImmutableArray<string> Unavailable { get; init; } = [];
}

/// <summary>A window as it stands. Amounts are USD where <paramref name="Unit"/> is <c>usd</c>, else pieces.</summary>
/// <param name="Id">Name of the limit, such as <c>requests_per_minute</c> or <c>budget/usd/month</c>.</param>
/// <param name="Limit">Raise and rollover included.</param>
/// <param name="Reserved">By requests in flight and leases of nodes.</param>
public sealed record WindowJson(string Id, string Unit, decimal Limit, decimal Used, decimal Reserved, decimal Remaining, DateTime ResetsAt, bool IsBudget)
{
    public static WindowJson Of(WindowLimit window, WindowState state)
    {
        var scale = window.Unit == LimitUnit.NanoUsd ? 1_000_000_000m : 1;
        return new WindowJson(
            window.Id,
            Name(window.Unit),
            state.Limit / scale,
            state.Used / scale,
            state.Reserved / scale,
            Math.Max(0, state.Limit - state.Used - state.Reserved) / scale,
            state.ResetsAt.UtcDateTime,
            window.IsBudget);
    }

    public static string Name(LimitUnit unit) => unit switch
    {
        LimitUnit.Requests => "requests",
        LimitUnit.InputTokens => "input_tokens",
        LimitUnit.OutputTokens => "output_tokens",
        LimitUnit.TotalTokens => "tokens",
        _ => "usd",
    };
}

public sealed record ConcurrencyJson(int Limit, int InUse);

/// <param name="Session">Of a node's process.</param>
/// <param name="Reserved">Units by window; nano-dollars where it counts money.</param>
public sealed record LeaseJson(string Session, int Permits, ImmutableDictionary<string, long> Reserved);
