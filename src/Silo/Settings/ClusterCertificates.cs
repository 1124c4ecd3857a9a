using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Silo.Settings;

/// <summary>
/// The certificate with which a process proves to the others that it belongs to the cluster, and the authority that theirs must come from.
/// Its files are watched: the new certificate is used for new connections once certificate and key fit together, unless the others would
/// refuse it.
/// </summary>
public sealed class ClusterCertificates
{
    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly string _authorityFile;
    private volatile Loaded _current;

    private ClusterCertificates(string certificateFile, string keyFile, string authorityFile, Loaded current)
    {
        (_certificateFile, _keyFile, _authorityFile) = (certificateFile, keyFile, authorityFile);
        _current = current;
    }

    /// <summary>Raised when other certificates are in force.</summary>
    public event Action? Renewed;

    /// <summary>With its private key.</summary>
    public X509Certificate2 Certificate => _current.Certificate;

    /// <summary>Those between it and the authority.</summary>
    public X509Certificate2Collection Intermediates => _current.Intermediates;

    /// <summary>Certificates that the others' must lead to; no other authority of the machine counts.</summary>
    public X509Certificate2Collection Authorities => _current.Authorities;

    /// <param name="certificateFile">PEM: the certificate, then those between it and the authority.</param>
    /// <param name="keyFile">PEM, not encrypted.</param>
    /// <param name="authorityFile">PEM: one or more certificates.</param>
    /// <param name="problem">What is wrong, without any content; null: nothing.</param>
    public static ClusterCertificates? Load(string certificateFile, string keyFile, string authorityFile, out string? problem) =>
        TryRead(certificateFile, keyFile, authorityFile, null, out problem) is { } loaded ? new ClusterCertificates(certificateFile, keyFile, authorityFile, loaded) : null;

    /// <summary>Why processes that trust the same authorities refuse the certificate at this time; null: they do not.</summary>
    public string? Problem(DateTimeOffset now) => Problem(_current, now);

    /// <summary>Reads the files again; what was read before stays in force when they do not fit, or hold a certificate that the others refuse.</summary>
    /// <returns>What is wrong; null: nothing.</returns>
    public string? Reload(DateTimeOffset now)
    {
        if (TryRead(_certificateFile, _keyFile, _authorityFile, now, out var problem) is { } loaded)
        {
            // The one before is not disposed: handshakes under way still use it.
            _current = loaded;
            Renewed?.Invoke();
        }

        return problem;
    }

    private static string? Problem(Loaded loaded, DateTimeOffset now)
    {
        if (now < loaded.Certificate.NotBefore || now > loaded.Certificate.NotAfter)
        {
            return "holds a certificate that is expired or not valid yet";
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(loaded.Authorities);
        chain.ChainPolicy.ExtraStore.AddRange(loaded.Intermediates);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        var leads = chain.Build(loaded.Certificate);
        chain.ChainElements.ToList().ForEach(element => element.Certificate.Dispose());
        return leads ? null : "holds a certificate that does not lead to the authority, or past one that is expired or not valid yet";
    }

    /// <param name="acceptedAt">Others must accept it at this time; null: they need not.</param>
    private static Loaded? TryRead(string certificateFile, string keyFile, string authorityFile, DateTimeOffset? acceptedAt, out string? problem)
    {
        var (all, authorities) = (new X509Certificate2Collection(), new X509Certificate2Collection());
        X509Certificate2? certificate = null;
        try
        {
            all.ImportFromPemFile(certificateFile);
            authorities.ImportFromPemFile(authorityFile);
            certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            var loaded = new Loaded(certificate, [.. all.Skip(1)], authorities);
            problem = authorities.Count == 0 ? "the authority's file holds no certificate" : acceptedAt is { } now ? Problem(loaded, now) : null;
            if (problem is null)
            {
                return loaded;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            problem = exception is CryptographicException or ArgumentException
                ? "certificate and key are not a pair of PEM files that fit together"
                : "a file is missing or may not be read by this user";
        }

        // Read again every second while they are refused.
        certificate?.Dispose();
        all.Concat(authorities).ToList().ForEach(read => read.Dispose());
        return null;
    }

    private sealed record Loaded(X509Certificate2 Certificate, X509Certificate2Collection Intermediates, X509Certificate2Collection Authorities);
}
