using Gateway.Abstractions.Endpoints;
using Gateway.Api.Authentication;
using Gateway.Api.Errors;
using Gateway.Api.Forwarding.Attempts;
using Gateway.Api.Http;
using Gateway.Api.Logging;

namespace Gateway.Api.Forwarding;

/// <summary>What went wrong, by request id. Successes are not logged: a line per request would cost more than the request.</summary>
/// <remarks>No line holds a model name, a header or a body: what callers write must not write our log.</remarks>
public sealed partial class RequestLog(ILogger<RequestLog> logger, TimeProvider time)
{
    private readonly LogBudget _budget = new(linesPerSecond: 50, time);

    internal void AttemptFailed(ForwardRequest request, FailedAttempt failed)
    {
        if (Allowed())
        {
            AttemptFailed(request.Id, failed.Candidate.Entry.Id, failed.Failure, failed.Status, request.Attempts);
        }
    }

    public void Refused(HttpContext context, Caller? caller, GatewayError error)
    {
        if (Allowed())
        {
            Refused(context.TraceIdentifier, RequestIds.ClientId(context), caller?.Subject, error.Status, error.Code);
        }
    }

    public void Crashed(HttpContext context, Exception exception) => Crashed(exception, context.TraceIdentifier);

    private bool Allowed()
    {
        if (!logger.IsEnabled(LogLevel.Warning) || !_budget.TryTake(out var suppressed))
        {
            return false;
        }

        if (suppressed > 0)
        {
            Suppressed(suppressed);
        }

        return true;
    }

    [LoggerMessage(2001, LogLevel.Warning, "Request {RequestId}: attempt {Attempt} at entry {EntryId} failed: {Failure}, status {Status}")]
    private partial void AttemptFailed(string requestId, string entryId, UpstreamFailure failure, int? status, int attempt);

    [LoggerMessage(2002, LogLevel.Warning, "Request {RequestId} (client_request_id {ClientRequestId}) of {Subject} was answered {Status} {Code}")]
    private partial void Refused(string requestId, string? clientRequestId, string? subject, int status, string? code);

    [LoggerMessage(2003, LogLevel.Warning, "{Count} lines about failed requests were left out")]
    private partial void Suppressed(long count);

    [LoggerMessage(2004, LogLevel.Error, "Request {RequestId} failed inside the gateway")]
    private partial void Crashed(Exception exception, string requestId);
}
