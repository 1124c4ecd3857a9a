using Gateway.Testing.Tls;

namespace Gateway.Process.Rigs;

/// <summary>The gateway with a certificate, given by ASP.NET's own settings.</summary>
public sealed class TlsGateway : SharedGateway
{
    private readonly TestAuthority authority = new();

    protected override (string Certificate, string Key)? Tls => authority.ServerFiles("127.0.0.1");

    /// <summary>Trusts the authority of this gateway and nobody else.</summary>
    public SocketsHttpHandler Handler()
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = authority.TrustPolicy();
        return handler;
    }

    /// <summary>Speaks this version or fails.</summary>
    public HttpClient Client(Version version) => new(Handler())
    {
        BaseAddress = new Uri(Gateway.SecureOrigin),
        Timeout = Eventually.DefaultBound,
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        authority.Dispose();
    }
}
