using System.Net.Sockets;
using System.Security.Authentication;
using Gateway.Abstractions.Endpoints;

namespace Gateway.Grains.Network;

/// <summary>Names the cause of a connection or a send that threw before there was an answer.</summary>
public static class ConnectionFailure
{
    public static UpstreamFailure CauseOf(Exception exception) =>
        Find<AddressRefusedException>(exception) is not null ? UpstreamFailure.AddressRefused
        : exception is HttpRequestException request ? Of(request)
        : UpstreamFailure.ProtocolError;

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
