using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Orleans.Runtime.Transport;

/// <summary>Listens on the silo port: a Kestrel of its own, apart from what the application serves.</summary>
internal sealed partial class SiloServer(
    SiloRequestHandler handler, CallCredentials credentials, LocalSiloDetails local, IOptions<EndpointOptions> endpoint, IOptions<ClusterTransportOptions> options, TimeProvider clock, ILoggerFactory loggers)
    : ISiloListener, IAsyncDisposable
{
    // Callers of one process share a few connections; the client opens another one beyond this.
    private const int MaxStreams = 1000;
    private const int WindowBytes = 1024 * 1024;
    private const int MaxSubject = 200;

    private readonly LogLimit _warnings = new(clock);
    private readonly ILogger _logger = loggers.CreateLogger<SiloServer>();
    private WebApplication? _host;
    private IServer? _server;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Configure);
        _host = builder.Build();
        _server = _host.Services.GetRequiredService<IServer>();
        try
        {
            await _server.StartAsync(new SiloServerApplication(handler, credentials, local, options.Value, clock, loggers), cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new OrleansConfigurationException($"The silo cannot listen on {ListenOn}: {exception.Message}", exception);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is not null)
        {
            await _server.StopAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    private IPEndPoint ListenOn => endpoint.Value.SiloListeningEndpoint ?? new(endpoint.Value.AdvertisedIPAddress, endpoint.Value.SiloPort);

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.Value.MaxMessageBytes;
        kestrel.Limits.Http2.MaxStreamsPerConnection = MaxStreams;
        kestrel.Limits.Http2.InitialConnectionWindowSize = WindowBytes;
        kestrel.Limits.Http2.InitialStreamWindowSize = WindowBytes;
        kestrel.Listen(ListenOn, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (options.Value.Certificate is not null)
            {
                listen.UseHttps(new HttpsConnectionAdapterOptions
                {
                    ServerCertificateSelector = (_, _) => options.Value.Certificate,
                    OnAuthenticate = (_, tls) =>
                    {
                        // Asked for each connection: a renewed one is used without a restart. The selector alone would leave out the intermediates.
                        tls.ServerCertificateSelectionCallback = null;
                        tls.ServerCertificateContext = ClusterCertificates.ContextOf(options.Value);
                    },
                    ClientCertificateMode = ClientCertificateMode.RequireCertificate,
                    ClientCertificateValidation = (peer, presented, _) => IsTrusted(peer, presented),
                });
            }
        });
    }

    private bool IsTrusted(X509Certificate2 peer, X509Chain? presented)
    {
        var isTrusted = ClusterCertificates.IsTrusted(options.Value, peer, presented);
        if (!isTrusted && _warnings.Allows())
        {
            // Whoever can reach the port chose this text.
            var subject = string.Concat(peer.Subject.Take(MaxSubject).Select(letter => char.IsControl(letter) ? '?' : letter));
            LogUntrusted(_logger, subject, peer.NotAfter.ToUniversalTime());
        }

        return isTrusted;
    }

    [LoggerMessage(EventId = 10072, Level = LogLevel.Error, Message = "A process with the certificate {Subject} is refused: it is of no authority in Gateway:Cluster:Tls:CaFile here, or not in force (it ends {End:u}).")]
    private static partial void LogUntrusted(ILogger logger, string subject, DateTime end);
}
