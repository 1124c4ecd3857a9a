using System.Security.Cryptography.X509Certificates;

namespace Orleans.Configuration;

/// <summary>How the processes of a cluster trust each other. Of the built-in engine only; the same on every silo and client.</summary>
public sealed class ClusterTransportOptions
{
    public const int MinSecretLength = 32;

    /// <summary>Shared by all processes of the cluster; at least 32 characters. It signs calls and member rows and never leaves the process.</summary>
    public string Secret { get; set; } = "";

    /// <summary>This process's certificate with its private key, for both directions. Null: connections are not encrypted.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>Those between it and the authority, which are sent with it. Set before <see cref="Certificate"/>.</summary>
    public X509Certificate2Collection Intermediates { get; set; } = [];

    /// <summary>The authorities that sign the certificates of this cluster's processes, and of nothing else. Required with <see cref="Certificate"/>.</summary>
    public X509Certificate2Collection TrustedAuthorities { get; set; } = [];

    /// <summary>Arguments or result of one call, in bytes. Default: 16 MiB.</summary>
    public int MaxMessageBytes { get; set; } = 16 * 1024 * 1024;
}
