namespace Gateway.Testing.Processes;

/// <summary>How a test wants its gateway started.</summary>
public sealed record GatewaySetup
{
    /// <summary>Settings by name, as real environment variables.</summary>
    public Dictionary<string, string> Environment { get; init; } = [];

    /// <summary>Text of <c>status.json</c> in the home folder, which becomes <c>METIS_STATUS_URL</c>; null: the test sets its own.</summary>
    public string? Manifest { get; init; }

    /// <summary>Text of <c>.env</c> in the home folder.</summary>
    public string? DotEnv { get; init; }

    /// <summary>A home folder that outlives the process; null: a fresh one.</summary>
    public TempFolder? Home { get; init; }

    /// <summary>Start in this folder below the home and let the gateway find its home by itself; null: <c>GATEWAY_HOME</c> names it.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>Listen with TLS too, with this certificate and key as PEM files.</summary>
    public (string Certificate, string Key)? Tls { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Give it an admin key by <c>GATEWAY_ADMIN_KEY</c>.</summary>
    public bool WithAdminKey { get; init; } = true;

    /// <summary>The built program, of the same configuration as the tests.</summary>
    public static string Program => Programs.Api;
}
