using Gateway.Silo.Settings.Secrets;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Reads the certificate of the addresses that callers and operators use.</summary>
internal static class ServerTlsSettings
{
    private const string CertificateFile = "GATEWAY_TLS_CERT_FILE";
    private const string KeyFile = "GATEWAY_TLS_KEY_FILE";

    public static ServerCertificates? Read(SettingReader reader, HttpOptions http, List<WatchedSecret> watched)
    {
        var (certificate, key) = (reader.FilePath(CertificateFile), reader.FilePath(KeyFile));
        if (certificate is null && key is null)
        {
            return null;
        }

        if (certificate is null || key is null)
        {
            reader.Fail(certificate is null ? CertificateFile : KeyFile, $"is required together with {(certificate is null ? KeyFile : CertificateFile)}");
            return null;
        }

        // Read before they are loaded: what changes meanwhile is loaded again.
        var (knownCertificate, knownKey) = (SecretFile.Read(certificate, out _), SecretFile.Read(key, out _));
        if (ServerCertificates.Load(certificate, key, out var problem) is not { } certificates)
        {
            reader.Fail(CertificateFile, $"({certificate}, {key}): {problem}");
            return null;
        }

        if (certificates.IsOutside(TimeProvider.System.GetUtcNow()))
        {
            reader.Warn($"{CertificateFile}: {certificate} is expired or not valid yet; callers will refuse it");
        }

        if (!http.Urls.Concat(http.AdminUrls).Any(url => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)))
        {
            reader.Warn($"{CertificateFile} is without effect: no address in {ProcessSettings.Urls} or {ProcessSettings.AdminUrls} begins with https://");
        }

        watched.Add(new WatchedSecret(CertificateFile, certificate, knownCertificate, certificates.Reload));
        watched.Add(new WatchedSecret(KeyFile, key, knownKey, certificates.Reload));
        return certificates;
    }
}
