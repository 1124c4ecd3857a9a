using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace Orleans.Runtime.Transport;

/// <summary>
/// Mutual TLS between the processes of a cluster: a peer is who has a certificate of the cluster's own authority. Names are not compared,
/// since silos are dialled by addresses that come and go.
/// </summary>
internal static class ClusterCertificates
{
    // One for each certificate that was ever in force; made for every connection, it would build the chain anew.
    private static readonly ConditionalWeakTable<X509Certificate2, SslStreamCertificateContext> Contexts = [];

    /// <summary>For one connection: the next one may show a renewed certificate.</summary>
    public static SslClientAuthenticationOptions ForClient(ClusterTransportOptions options, string host) => new()
    {
        TargetHost = host,
        ApplicationProtocols = [SslApplicationProtocol.Http2],
        ClientCertificateContext = ContextOf(options),
        RemoteCertificateValidationCallback = (_, peer, presented, _) => IsTrusted(options, peer as X509Certificate2, presented),
    };

    /// <summary>The certificate with those between it and the authority, without which a peer cannot see where it leads.</summary>
    public static SslStreamCertificateContext ContextOf(ClusterTransportOptions options) =>
        Contexts.GetValue(options.Certificate!, key => SslStreamCertificateContext.Create(key, options.Intermediates, offline: true));

    public static bool IsTrusted(ClusterTransportOptions options, X509Certificate2? certificate, X509Chain? presented)
    {
        if (certificate is null)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(options.TrustedAuthorities);
        chain.ChainPolicy.ExtraStore.AddRange(presented?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate);
    }
}
