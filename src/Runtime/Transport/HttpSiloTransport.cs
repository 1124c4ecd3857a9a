using System.Net.Security;
using System.Net.Sockets;

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
        var failures = peer.Failures;
        try
        {
            using var response = await _http.SendAsync(http, cancellationToken).ConfigureAwait(false);
            peer.HasAnswered = true;
            return await ReadAsync(response, peer, answer, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError)
        {
            Note(exception, peer, failures);
            return new(Outcome.NotSent, exception.Message);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            Note(exception, peer, failures);
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
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(connection.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await stream.AuthenticateAsClientAsync(ClusterCertificates.ForClient(_options, connection.DnsEndPoint.Host), cancellationToken).ConfigureAwait(false);
            return stream;
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

    // Whose certificate is refused sees a connection that ends, before anything was answered on it. One that is not taken is somebody who is not there.
    /// <param name="failures">Before the request: those that were on one connection end together, and only the first may say that nothing was answered.</param>
    private void Note(Exception problem, Peer peer, int failures)
    {
        var cause = problem.GetBaseException();
        if (_options.Certificate is not null && !peer.HasAnswered && peer.Failures == failures && cause is not SocketException && peer.Warnings.Allows())
        {
            LogEncryption(_logger, peer.Endpoint, cause.Message);
        }

        peer.HasAnswered = false;
        peer.NoteFailure();
    }

    [LoggerMessage(EventId = 10071, Level = LogLevel.Error, Message = "No encrypted connection to silo {Silo} can be made: are both certificates in force, and of the authority in Gateway:Cluster:Tls:CaFile at the other side? {Problem}")]
    private static partial void LogEncryption(ILogger logger, IPEndPoint silo, string problem);

    [LoggerMessage(EventId = 10070, Level = LogLevel.Error, Message = "Silo {Silo} refuses this process: {Problem}")]
    private static partial void LogRefused(ILogger logger, IPEndPoint silo, string problem);

    private sealed class Peer(IPEndPoint endpoint, bool encrypted, string signature, TimeProvider clock)
    {
        private int _failures;

        public IPEndPoint Endpoint { get; } = endpoint;

        public string Signature { get; } = signature;

        public LogLimit Warnings { get; } = new(clock);

        /// <summary>Since the last failure.</summary>
        public bool HasAnswered { get; set; }

        public int Failures => Volatile.Read(ref _failures);

        public void NoteFailure() => Interlocked.Increment(ref _failures);

        public Uri[] Addresses { get; } = [.. Enum.GetNames<SiloRequest>().Select(request => new Uri($"{(encrypted ? "https" : "http")}://{endpoint}/{request}"))];
    }
}
