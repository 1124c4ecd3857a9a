using System.Net.Sockets;
using System.Security.Authentication;
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

        if (Find<AddressRefusedException>(exception) is not null)
        {
            return UpstreamFailure.AddressRefused;
        }

        // Nothing else but the time for connecting cancels a send without being asked to.
        if (exception is OperationCanceledException)
        {
            return UpstreamFailure.ConnectTimeout;
        }

        return exception is HttpRequestException request ? Of(request) : UpstreamFailure.ProtocolError;
    }

    /// <summary>For an exception while the body is read.</summary>
    public static UpstreamFailure InAnswer(AttemptDeadline deadline, UpstreamFailure waiting) =>
        deadline.CallerGone ? UpstreamFailure.CallerGone
        : deadline.Expired ? waiting
        : UpstreamFailure.Cut;

    /// <summary>For a write to the caller that failed.</summary>
    public static UpstreamFailure ToCaller(AttemptDeadline deadline) =>
        deadline.Expired ? UpstreamFailure.TotalTimeout : UpstreamFailure.CallerGone;

    private static UpstreamFailure Of(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => UpstreamFailure.ConnectFailed,
        HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError => Find<TimeoutException>(exception) is null ? UpstreamFailure.ConnectFailed : UpstreamFailure.ConnectTimeout,
        HttpRequestError.SecureConnectionError => UpstreamFailure.TlsFailed,
        HttpRequestError.ResponseEnded => UpstreamFailure.ResetBeforeAnswer,
        HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError or HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.VersionNegotiationError => UpstreamFailure.ProtocolError,
        _ when Find<AuthenticationException>(exception) is not null => UpstreamFailure.TlsFailed,
        _ when Find<SocketException>(exception) is not null || Find<IOException>(exception) is not null => UpstreamFailure.ResetBeforeAnswer,
        _ => UpstreamFailure.ProtocolError,
    };

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }
}
