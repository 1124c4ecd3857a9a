using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Testing.Tls;

/// <summary>A certificate authority made for one test run. Processes trust it by <c>SSL_CERT_FILE</c>.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 authority;
    private readonly TempFolder folder = new();

    private readonly string between = "";

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        authority = Request("CN=Gateway test authority", key).CreateSelfSigned(From, Until);
        File = folder.Write("authority.pem", authority.ExportCertificatePem());
    }

    /// <summary>One that another trusts to sign in its name.</summary>
    public TestAuthority(TestAuthority above)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = Request($"CN=Gateway test authority {Guid.NewGuid():N}", key).Create(above.authority, From, Until.AddMinutes(-1), RandomNumberGenerator.GetBytes(12));
        authority = signed.CopyWithPrivateKey(key);
        between = authority.ExportCertificatePem();
        File = above.File;
    }

    /// <summary>The authority's certificate as PEM; that of the one above, if there is one.</summary>
    public string File { get; }

    private static DateTimeOffset From => TimeProvider.System.GetUtcNow().AddDays(-1);

    private static DateTimeOffset Until => TimeProvider.System.GetUtcNow().AddDays(2);

    /// <summary>Server options with a certificate for the names, which may be host names or addresses.</summary>
    public SslServerAuthenticationOptions Server(params string[] names) =>
        new() { ServerCertificate = Certificate(["1.3.6.1.5.5.7.3.1"], names), ApplicationProtocols = [SslApplicationProtocol.Http11] };

    /// <summary>A certificate for both ends of a connection.</summary>
    public X509Certificate2 Peer(params string[] names) => Certificate(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"], names);

    /// <summary>What a client checks with that trusts this authority and nobody else.</summary>
    public X509ChainPolicy TrustPolicy()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        return policy;
    }

    /// <summary>A server's certificate as PEM files, as servers are configured with.</summary>
    public (string Certificate, string Key) ServerFiles(params string[] names) => Files((X509Certificate2)Server(names).ServerCertificate!, names[0]);

    /// <summary>A certificate for both ends as PEM files.</summary>
    public (string Certificate, string Key) PeerFiles(params string[] names) => Files(Peer(names), names[0]);

    /// <summary>Such files, with a certificate of another time.</summary>
    public (string Certificate, string Key) PeerFiles(string name, DateTimeOffset from, DateTimeOffset until) =>
        Files(Certificate(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"], [name], from, until), name);

    /// <summary>Certificates that a peer sends with its own.</summary>
    public X509Certificate2Collection Between()
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(between);
        return certificates;
    }

    public void Dispose()
    {
        authority.Dispose();
        folder.Dispose();
    }

    private (string Certificate, string Key) Files(X509Certificate2 certificate, string name)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return (folder.Write($"{name}.pem", certificate.ExportCertificatePem() + "\n" + between), folder.Write($"{name}.key", key.ExportPkcs8PrivateKeyPem()));
    }

    private static CertificateRequest Request(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 1, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request;
    }

    private X509Certificate2 Certificate(string[] usages, string[] names, DateTimeOffset? from = null, DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(Oids(usages), false));
        using var signed = request.Create(authority, from ?? From, until ?? Until.AddHours(-1), RandomNumberGenerator.GetBytes(12));
        using var withKey = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    private static OidCollection Oids(string[] usages)
    {
        var oids = new OidCollection();
        Array.ForEach(usages, usage => oids.Add(new Oid(usage)));
        return oids;
    }
}
