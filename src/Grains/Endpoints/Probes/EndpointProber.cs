using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests;
using Gateway.Grains.Network;
using Microsoft.Extensions.Options;

namespace Gateway.Grains.Endpoints.Probes;

/// <summary>
/// Makes one active probe, on a connection of its own, since a pooled one would not tell whether a new one can be made:
/// (1) <c>tcp</c> connects, and sends nothing; (2) <c>models</c> asks for the models and reads the head of the answer, no redirect
/// followed; (3) both go only where a request of the entry may go, and end within <see cref="HealthPolicy.ActiveProbeBound"/>.
/// </summary>
internal sealed class EndpointProber(IProbeTargets targets, IOptions<ManifestOptions> options, TimeProvider time)
{
    private const int LongestHeadKiB = 64;

    private readonly GuardedDialer _dialer = new(new AddressPolicy(options.Value.AllowPrivateUpstreams));

    /// <summary>Never throws.</summary>
    public async Task<ProbeAnswer> ProbeAsync(ManifestEntry entry, CancellationToken cancellationToken)
    {
        if (targets.Find(entry) is not { } target)
        {
            return ProbeAnswer.None;
        }

        using var bound = new CancellationTokenSource(HealthPolicy.ActiveProbeBound, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        var path = new ProbePath();
        try
        {
            return await (entry.Probe switch
            {
                ProbeKind.Tcp when target.Proxy is null => ConnectAsync(target, both.Token),
                ProbeKind.Tcp => ReachThroughProxyAsync(target, path, both.Token),
                _ => AskAsync(target, path, both.Token),
            });
        }
        catch (OperationCanceledException)
        {
            return cancellationToken.IsCancellationRequested ? ProbeAnswer.None
                : ProbeAnswer.Of(path.IsConnected ? UpstreamFailure.FirstByteTimeout : UpstreamFailure.ConnectTimeout);
        }
        catch (Exception problem)
        {
            return ProbeAnswer.Of(problem is SocketException ? UpstreamFailure.ConnectFailed : ConnectionFailure.CauseOf(problem));
        }
    }

    private async Task<ProbeAnswer> ConnectAsync(ProbeTarget target, CancellationToken cancellationToken)
    {
        await using var connection = await _dialer.ConnectAsync(new DnsEndPoint(target.Models.IdnHost, target.Models.Port), cancellationToken);
        return ProbeAnswer.Connected;
    }

    // The proxy's own port tells nothing of the endpoint: its tunnel must stand. The handshake in it is broken off before anything is sent.
    private async Task<ProbeAnswer> ReachThroughProxyAsync(ProbeTarget target, ProbePath path, CancellationToken cancellationToken)
    {
        var isReached = false;
        var isTrusted = target.Proxy!.GetProxy(target.Models)?.Scheme != Uri.UriSchemeHttps;
        using var handler = Handler(target, path);
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, errors) =>
        {
            // The first certificate on the way through an https proxy is the proxy's own.
            if (!isTrusted)
            {
                return isTrusted = errors == SslPolicyErrors.None;
            }

            isReached = true;
            return false;
        };
        try
        {
            using var http = new HttpMessageInvoker(handler);
            using var request = new HttpRequestMessage(HttpMethod.Head, target.Models.GetLeftPart(UriPartial.Authority));
            using var answer = await http.SendAsync(request, cancellationToken);
            return ProbeAnswer.Connected;
        }
        catch (HttpRequestException problem) when (isReached || (isTrusted && problem.HttpRequestError == HttpRequestError.SecureConnectionError))
        {
            return ProbeAnswer.Connected;
        }
    }

    private async Task<ProbeAnswer> AskAsync(ProbeTarget target, ProbePath path, CancellationToken cancellationToken)
    {
        using var handler = Handler(target, path);
        using var http = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, target.Models)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        foreach (var (name, value) in target.Headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await http.SendAsync(request, cancellationToken);
        return ProbeAnswer.Of(answer.StatusCode, answer.Headers.NonValidated.Contains("Retry-After"));
    }

    private SocketsHttpHandler Handler(ProbeTarget target, ProbePath path) => new()
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseDrainSize = 0,
        MaxResponseHeadersLength = LongestHeadKiB,
        UseCookies = false,
        UseProxy = target.Proxy is not null,
        Proxy = target.Proxy,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var connection = await DialAsync(target, context, cancellationToken);
            path.IsConnected = target.Proxy is null;
            return connection;
        },
    };

    private ValueTask<Stream> DialAsync(ProbeTarget target, SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        // The operator chose the proxy's address, and only the proxy resolves the upstream's name.
        if (target.Proxy is not null)
        {
            return DialProxyAsync(context.DnsEndPoint, cancellationToken);
        }

        return target.CarriesSecret && target.Models.Scheme == Uri.UriSchemeHttp
            ? _dialer.ConnectPrivatelyAsync(context, cancellationToken)
            : _dialer.ConnectAsync(context, cancellationToken);
    }

    private static async ValueTask<Stream> DialProxyAsync(DnsEndPoint proxy, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(proxy, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>How far a probe came.</summary>
    private sealed class ProbePath
    {
        public bool IsConnected { get; set; }
    }
}
