using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Silo.Settings;

/// <summary>
/// The certificate that callers see on <c>https://</c> addresses. Its files are watched: new connections get the new one once certificate and
/// key fit together, open ones go on.
/// </summary>
public sealed class ServerCertificates
{
    private readonly string _certificateFile;
    private readonly string _keyFile;
    private volatile SslStreamCertificateContext _current;

    private ServerCertificates(string certificateFile, string keyFile, SslStreamCertificateContext current)
    {
        (_certificateFile, _keyFile) = (certificateFile, keyFile);
        _current = current;
    }

    /// <summary>With its private key and the certificates between it and its authority.</summary>
    public SslStreamCertificateContext Current => _current;

    /// <param name="certificateFile">PEM: the certificate, then those between it and its authority.</param>
    /// <param name="keyFile">PEM, not encrypted.</param>
    /// <param name="problem">What is wrong, without any content; null: nothing.</param>
    public static ServerCertificates? Load(string certificateFile, string keyFile, out string? problem) =>
        TryRead(certificateFile, keyFile, null, out problem) is { } current ? new ServerCertificates(certificateFile, keyFile, current) : null;

    /// <summary>Not valid at this time.</summary>
    public bool IsOutside(DateTimeOffset now) => IsOutside(_current.TargetCertificate, now);

    /// <summary>Reads the files again; what was read before stays in force when they do not fit, or the new one is not valid now.</summary>
    /// <returns>What is wrong; null: nothing.</returns>
    public string? Reload(DateTimeOffset now)
    {
        // The one before is not disposed: handshakes under way still use it.
        _current = TryRead(_certificateFile, _keyFile, now, out var problem) ?? _current;
        return problem;
    }

    private static bool IsOutside(X509Certificate2 certificate, DateTimeOffset now) => now < certificate.NotBefore || now > certificate.NotAfter;

    /// <param name="validAt">Null: it may be valid at any time.</param>
    private static SslStreamCertificateContext? TryRead(string certificateFile, string keyFile, DateTimeOffset? validAt, out string? problem)
    {
        var all = new X509Certificate2Collection();
        X509Certificate2? certificate = null;
        try
        {
            all.ImportFromPemFile(certificateFile);
            certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            problem = validAt is { } now && IsOutside(certificate, now) ? "holds a certificate that is expired or not valid yet" : null;
            if (problem is null)
            {
                return SslStreamCertificateContext.Create(certificate, [.. all.Skip(1)], offline: true);
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
        all.ToList().ForEach(read => read.Dispose());
        return null;
    }
}
