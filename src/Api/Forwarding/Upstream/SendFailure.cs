using Gateway.Abstractions.Endpoints;
using Gateway.Grains.Network;

namespace Gateway.Api.Forwarding.Upstream;

/// <summary>Names the cause of a send or of a read of the body that threw.</summary>
internal static class SendFailure
{
    /// <summary>For an exception before the answer's headers.</summary>
    /// <param name="waiting">What the deadline stood for when it was reached.</param>
    public static UpstreamFailure BeforeAnswer(Exception exception, AttemptDeadline deadline, UpstreamFailure waiting)
    {
        if (deadline.CallerGone)
        {
            return UpstreamFailure.CallerGone;
        }

        if (deadline.Expired)
        {
            return waiting;
        }

        // Nothing else but the time for connecting cancels a send without being asked to.
        return exception is OperationCanceledException ? UpstreamFailure.ConnectTimeout : ConnectionFailure.CauseOf(exception);
    }

    /// <summary>For an exception while the body is read.</summary>
    public static UpstreamFailure InAnswer(AttemptDeadline deadline, UpstreamFailure waiting) =>
        deadline.CallerGone ? UpstreamFailure.CallerGone
        : deadline.Expired ? waiting
        : UpstreamFailure.Cut;

    /// <summary>For a write to the caller that failed.</summary>
    public static UpstreamFailure ToCaller(AttemptDeadline deadline) =>
        deadline.Expired ? UpstreamFailure.TotalTimeout : UpstreamFailure.CallerGone;
}
