using System.Collections.Concurrent;
using Gateway.Api.Http;
using Gateway.Api.Routing;

namespace Gateway.Api.Forwarding.Upstream;

/// <summary>
/// Remembers which models refuse <c>stream_options</c> at which address, so that each of them refuses a request once. Without the option usage is
/// an estimate: hence nothing is concluded for other models or operations, and now and then it is tried again.
/// </summary>
public sealed class IncludeUsageSupport(TimeProvider time)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(Uri Address, string Model), long> _refusedAt = new();
    private volatile bool _isAnyRefused;

    public static bool HasOption(Operation operation) => operation is Operation.ChatCompletions or Operation.Completions;

    public bool MayAsk(RouteCandidate candidate, Operation operation) =>
        !_isAnyRefused || !_refusedAt.TryGetValue(Key(candidate, operation), out var at) || time.GetElapsedTime(at) >= Age;

    public void RememberRefusal(RouteCandidate candidate, Operation operation)
    {
        if (_refusedAt.Count >= MaxRemembered)
        {
            // Forgetting costs one refused call each.
            _refusedAt.Clear();
        }

        _refusedAt[Key(candidate, operation)] = time.GetTimestamp();
        _isAnyRefused = true;
    }

    /// <summary>A 400 that the gateway's own addition caused.</summary>
    public static bool IsRefusal(int status, ReadOnlySpan<byte> body) =>
        status is StatusCodes.Status400BadRequest or StatusCodes.Status422UnprocessableEntity
        && (body.IndexOf("stream_options"u8) >= 0 || body.IndexOf("include_usage"u8) >= 0);

    private static (Uri Address, string Model) Key(RouteCandidate candidate, Operation operation) => (candidate.Target.Addresses[(int)operation], candidate.Model);
}
