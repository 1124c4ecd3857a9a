namespace Gateway.Browser.Rigs;

/// <summary>A headless Chromium with a profile of its own that shows one page.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private readonly TempFolder profile = new();
    private readonly ChildProcess process;

    private Chromium(string program, string address) => process = ChildProcess.Start(
        program,
        [
            // Containers give it neither user namespaces nor much shared memory.
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
            // It calls nobody of its own accord.
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions", "--no-first-run", "--no-default-browser-check", "--no-proxy-server",
            "--user-data-dir=" + profile.Path,
            address,
        ],
        new Dictionary<string, string> { ["HOME"] = profile.Path });

    public string Output => process.AllOutput;

    /// <summary>Skips the test where Chromium is not installed.</summary>
    public static Chromium Show(string address) => new(ExternalTool.Require("chromium"), address);

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        profile.Dispose();
    }
}
