using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Orleans.Runtime.Transport;

/// <summary>
/// Mutual TLS between the processes of a cluster: a peer is who has a certificate of the cluster's own authority. Names are not compared,
/// since silos are dialled by addresses that come and go.
/// </summary>
internal static class ClusterCertificates
{
    public static SslClientAuthenticationOptions ForClient(ClusterTransportOptions options) => new()
    {
        ClientCertificates = [options.Certificate!],
        LocalCertificateSelectionCallback = (_, _, _, _, _) => options.Certificate!,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => IsTrusted(options, certificate as X509Certificate2),
    };

    public static bool IsTrusted(ClusterTransportOptions options, X509Certificate2? certificate)
    {
        if (certificate is null)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(options.TrustedAuthorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}
