using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Orleans.Runtime.Transport;

/// <summary>One HTTP/2 request per message, over pooled connections whose peers are pinged while they owe an answer.</summary>
internal sealed partial class HttpSiloTransport : ISiloTransport, IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PingPeriod = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<IPEndPoint, Peer> _peers = new();
    private readonly CallCredentials _credentials;
    private readonly ClusterTransportOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly HttpMessageInvoker _http;

    public HttpSiloTransport(CallCredentials credentials, IOptions<ClusterTransportOptions> options, TimeProvider clock, ILogger<HttpSiloTransport> logger)
    {
        _credentials = credentials;
        _options = options.Value;
        _clock = clock;
        _logger = logger;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = ConnectTimeout,
            KeepAlivePingDelay = PingPeriod,
            KeepAlivePingTimeout = PingPeriod,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        if (_options.Certificate is not null)
        {
            handler.ConnectCallback = ConnectAsync;
        }

        _http = new(handler);
    }

    public async Task<SiloReply> SendAsync(SiloAddress silo, SiloRequest request, ReadOnlyMemory<byte> message, PooledBuffer answer, CancellationToken cancellationToken)
    {
        if (message.Length > _options.MaxMessageBytes)
        {
            return new(Outcome.Refused, $"the message has {message.Length} bytes, more than {_options.MaxMessageBytes}");
        }

        var peer = _peers.GetOrAdd(silo.Endpoint, static (endpoint, self) => new(endpoint, self._options.Certificate is not null, self._credentials.SignatureFor(endpoint), self._clock), this);
        using var http = new HttpRequestMessage(HttpMethod.Post, peer.Addresses[(int)request])
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ReadOnlyMemoryContent(message),
        };
        http.Headers.TryAddWithoutValidation(CallCredentials.ClusterHeader, _credentials.Cluster);
        http.Headers.TryAddWithoutValidation(CallCredentials.SignatureHeader, peer.Signature);
        try
        {
            using var response = await _http.SendAsync(http, cancellationToken).ConfigureAwait(false);
            peer.Answered();
            return await ReadAsync(response, peer, answer, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError)
        {
            Note(exception, peer);
            return new(Outcome.NotSent, exception.Message);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            Note(exception, peer);
            return new(Outcome.Lost, exception.Message);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The connect timeout: the only one there is.
            return new(Outcome.NotSent, exception.Message);
        }
    }

    public async Task<bool> IsRefusedAsync(SiloAddress silo, CancellationToken cancellationToken)
    {
        using var socket = new Socket(silo.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(silo.Endpoint, cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }

    public void Dispose() => _http.Dispose();

    // The handler's own would show one certificate for ever, as it takes no context from the callback that selects one.
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext connection, CancellationToken cancellationToken)
    {
        _peers.TryGetValue(new(IPAddress.Parse(connection.DnsEndPoint.Host), connection.DnsEndPoint.Port), out var peer);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(connection.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await stream.AuthenticateAsClientAsync(ClusterCertificates.ForClient(_options, connection.DnsEndPoint.Host), cancellationToken).ConfigureAwait(false);
            peer?.Connected();
            return stream;
        }
        catch (SocketException)
        {
            peer?.Gone();
            socket.Dispose();
            throw;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<SiloReply> ReadAsync(HttpResponseMessage response, Peer peer, PooledBuffer answer, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var length = (int)Math.Clamp(response.Content.Headers.ContentLength ?? 0, 0, _options.MaxMessageBytes);
        while (answer.Length <= _options.MaxMessageBytes)
        {
            var read = await body.ReadAsync(answer.GetMemory(Math.Max(length - answer.Length, 1)), cancellationToken).ConfigureAwait(false);
            answer.Advance(read);
            if (read == 0)
            {
                break;
            }
        }

        if (response.StatusCode == HttpStatusCode.OK)
        {
            return answer.Length <= _options.MaxMessageBytes ? new(Outcome.Answered) : new(Outcome.Lost, $"the answer has more than {_options.MaxMessageBytes} bytes");
        }

        var problem = System.Text.Encoding.UTF8.GetString(answer.Memory.Span[..Math.Min(answer.Length, 1000)]);
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.MisdirectedRequest && peer.Warnings.Allows())
        {
            LogRefused(_logger, peer.Endpoint, problem);
        }

        return new(response.StatusCode == HttpStatusCode.ServiceUnavailable ? Outcome.NotSent : Outcome.Refused, problem);
    }

    // A silo's certificate that is refused here fails the handshake. One of ours that is refused there is told after it, as an end of the
    // connection like a silo's death; but a silo that died takes no other connection.
    private void Note(Exception problem, Peer peer)
    {
        var cause = problem.GetBaseException();
        if (_options.Certificate is not null && (cause is AuthenticationException || peer.LeavesConnectionsUnanswered) && peer.Warnings.Allows())
        {
            LogEncryption(_logger, peer.Endpoint, cause.Message);
        }
    }

    [LoggerMessage(EventId = 10071, Level = LogLevel.Error, Message = "No encrypted connection to silo {Silo} can be made: are both certificates in force, and of the authority in Gateway:Cluster:Tls:CaFile at the other side? {Problem}")]
    private static partial void LogEncryption(ILogger logger, IPEndPoint silo, string problem);

    [LoggerMessage(EventId = 10070, Level = LogLevel.Error, Message = "Silo {Silo} refuses this process: {Problem}")]
    private static partial void LogRefused(ILogger logger, IPEndPoint silo, string problem);

    private sealed class Peer(IPEndPoint endpoint, bool encrypted, string signature, TimeProvider clock)
    {
        private const int UnansweredConnections = 3;

        private int _unanswered;

        public IPEndPoint Endpoint { get; } = endpoint;

        public string Signature { get; } = signature;

        public LogLimit Warnings { get; } = new(clock);

        public bool LeavesConnectionsUnanswered => Volatile.Read(ref _unanswered) >= UnansweredConnections;

        public Uri[] Addresses { get; } = [.. Enum.GetNames<SiloRequest>().Select(request => new Uri($"{(encrypted ? "https" : "http")}://{endpoint}/{request}"))];

        public void Connected() => Interlocked.Increment(ref _unanswered);

        public void Answered() => Volatile.Write(ref _unanswered, 0);

        public void Gone() => Volatile.Write(ref _unanswered, 0);
    }
}
