using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gateway.Silo.Settings;
using Orleans.Connections.Security;

namespace Gateway.Silo.Engine.Orleans;

/// <summary>TLS in both directions between the processes of the cluster: whoever has a certificate of the cluster's authority belongs to it.</summary>
internal static class ClusterTls
{
    public static void Configure(TlsOptions tls, ClusterCertificates certificates, string clusterId)
    {
        // Asked for each connection, so that a renewed certificate is used without a restart. The plain property satisfies the builder's check.
        tls.LocalCertificate = certificates.Certificate;
        tls.LocalServerCertificateSelector = (_, _) => certificates.Certificate;
        tls.LocalClientCertificateSelector = (_, _, _, _, _) => certificates.Certificate;
        tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.RemoteCertificateValidation = (certificate, presented, errors) => IsTrusted(certificate, presented, errors, certificates);
        tls.OnAuthenticateAsClient = (_, options) => options.TargetHost = clusterId;
    }

    // Silos are called by address; what counts is who signed, not which name. This engine sends a certificate without those between it and
    // the authority: a peer's are mostly our own.
    private static bool IsTrusted(X509Certificate2 certificate, X509Chain? presented, SslPolicyErrors errors, ClusterCertificates own)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(own.Authorities);
        chain.ChainPolicy.ExtraStore.AddRange(own.Intermediates);
        chain.ChainPolicy.ExtraStore.AddRange(presented?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}
