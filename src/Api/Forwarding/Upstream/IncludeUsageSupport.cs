using System.Runtime.CompilerServices;
using Gateway.Api.Http;
using Gateway.Api.Routing;

namespace Gateway.Api.Forwarding.Upstream;

/// <summary>Remembers which entries refuse <c>stream_options</c>, so that each of them refuses a request once.</summary>
public sealed class IncludeUsageSupport
{
    private readonly ConditionalWeakTable<EndpointState, object> _refusing = [];

    public static bool HasOption(Operation operation) => operation is Operation.ChatCompletions or Operation.Completions;

    public bool MayAsk(EndpointState endpoint) => !_refusing.TryGetValue(endpoint, out _);

    public void RememberRefusal(EndpointState endpoint) => _refusing.AddOrUpdate(endpoint, this);

    /// <summary>A 400 that the gateway's own addition caused.</summary>
    public static bool IsRefusal(int status, ReadOnlySpan<byte> body) =>
        status is StatusCodes.Status400BadRequest or StatusCodes.Status422UnprocessableEntity
        && (body.IndexOf("stream_options"u8) >= 0 || body.IndexOf("include_usage"u8) >= 0);
}
