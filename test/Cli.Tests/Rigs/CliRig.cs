using Gateway.Cli.Commands;
using Gateway.Cli.Profiles;

namespace Gateway.Cli.Rigs;

/// <summary>The tool on a machine of its own: a fresh home folder, no environment, and a scripted gateway.</summary>
public sealed class CliRig : IAsyncDisposable
{
    public const string Token = "tok-PRESENT-canary-0123456789";
    public const string ApiKey = "gw-CANARY0123456789abcdefghijklmnop";

    private readonly SocketsHttpHandler _network = new() { AllowAutoRedirect = false, UseProxy = false };
    private SharedWriter? _error;

    public CliRig() => Variables["XDG_CONFIG_HOME"] = Home.File("config");

    public TempFolder Home { get; } = new();

    public ScriptedServer Gateway { get; } = new();

    public Dictionary<string, string> Variables { get; } = [];

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public Func<Uri, bool> OpenBrowser { get; set; } = _ => false;

    /// <summary>What is typed, or piped in.</summary>
    public string Input { get; set; } = "";

    public bool IsOnTerminal { get; set; }

    /// <summary>What the latest run has said until now.</summary>
    public string ErrorSoFar => _error?.ToString() ?? "";

    public string CredentialFile => Home.File("config/gateway/credentials.json");

    public ProfileStore Store => new(Host(TextReader.Null, TextWriter.Null, TextWriter.Null));

    public Task<CliResult> RunAsync(params string[] arguments) => RunAsync(CancellationToken.None, arguments);

    public async Task<CliResult> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        await using var output = new SharedWriter();
        await using var error = new SharedWriter();
        _error = error;
        var exitCode = await GatewayTool.RunAsync(arguments, Host(new StringReader(Input), output, error), cancellationToken);
        return new CliResult(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>A profile with this credential, written as a sign-in would have.</summary>
    public async Task SignInAsync(Credential? credential = null, SignInSettings? settings = null, string name = "default", string? gateway = null, string? adminUrl = null) =>
        await Store.ChangeAsync(
            book => book.With(name, new Profile { Gateway = gateway ?? Gateway.Origin, AdminUrl = adminUrl, SignIn = settings, Credential = credential ?? new Credential { ApiKey = ApiKey } }),
            CancellationToken.None);

    public async Task<Profile> ProfileAsync(string name = "default") => (await Store.ReadAsync(CancellationToken.None)).Profiles[name];

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        _network.Dispose();
        Home.Dispose();
    }

    internal CliHost Host(TextReader input, TextWriter output, TextWriter error) => new()
    {
        Terminal = new Terminal { Input = input, Output = output, Error = error, IsInputInteractive = IsOnTerminal, IsOutputInteractive = IsOnTerminal, IsErrorInteractive = IsOnTerminal },
        Variable = name => Variables.GetValueOrDefault(name),
        Time = Time,
        HomeFolder = Home.Path,
        Network = _network,
        OpenBrowser = address => OpenBrowser(address),
    };
}
