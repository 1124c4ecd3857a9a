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
        TryRead(certificateFile, keyFile, out problem) is { } current ? new ServerCertificates(certificateFile, keyFile, current) : null;

    /// <summary>Not valid at this time.</summary>
    public bool IsOutside(DateTimeOffset now) => IsOutside(_current.TargetCertificate, now);

    /// <summary>Reads the files again; what was read before stays in force when they do not fit, or the new one is not valid now.</summary>
    /// <returns>What is wrong; null: nothing.</returns>
    public string? Reload(DateTimeOffset now)
    {
        if (TryRead(_certificateFile, _keyFile, out var problem) is not { } read)
        {
            return problem;
        }

        if (IsOutside(read.TargetCertificate, now))
        {
            return "holds a certificate that is expired or not valid yet";
        }

        // The one before is not disposed: handshakes under way still use it.
        _current = read;
        return null;
    }

    private static bool IsOutside(X509Certificate2 certificate, DateTimeOffset now) => now < certificate.NotBefore || now > certificate.NotAfter;

    private static SslStreamCertificateContext? TryRead(string certificateFile, string keyFile, out string? problem)
    {
        problem = null;
        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(certificateFile);
            return SslStreamCertificateContext.Create(certificate, [.. all.Skip(1)], offline: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            problem = exception is CryptographicException or ArgumentException
                ? "certificate and key are not a pair of PEM files that fit together"
                : "a file is missing or may not be read by this user";
            return null;
        }
    }
}
