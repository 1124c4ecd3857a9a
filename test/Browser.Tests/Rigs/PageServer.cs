using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.Browser.Rigs;

/// <summary>An origin with one page, whose script tells its server what it saw.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TaskCompletionSource<JsonNode> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> said = new();
    private string script = "";

    private PageServer(WebApplication app) => this.app = app;

    public string Origin => app.Urls.Single();

    public static async Task<PageServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new PageServer(app);
        app.MapGet("/", () => Results.Content(server.Page(), "text/html"));
        app.MapPost("/said/{word}", (string word) => server.Said(word).TrySetResult());
        app.MapPost("/result", async (HttpRequest request) => server.result.TrySetResult((await JsonNode.ParseAsync(request.Body))!));
        await app.StartAsync();
        return server;
    }

    /// <summary>Completes when the script calls <c>say(word)</c>.</summary>
    public Task SaidAsync(string word) => Said(word).Task.WaitAsync(Eventually.DefaultBound);

    /// <param name="functionBody">JavaScript of an async function; what it returns, or <c>{"failed": …}</c>, is the result.</param>
    public async Task<JsonNode> RunAsync(string functionBody)
    {
        script = functionBody;
        await using var browser = Chromium.Show(Origin + "/");
        try
        {
            return await result.Task.WaitAsync(2 * Eventually.DefaultBound);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException("The page told nothing. The browser said:\n" + browser.Output);
        }
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private TaskCompletionSource Said(string word) => said.GetOrAdd(word, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private string Page() => $$"""
        <!doctype html>
        <meta charset="utf-8">
        <link rel="icon" href="data:,">
        <script type="module">
        const say = word => fetch('/said/' + word, {method: 'POST'});
        async function run() {
        {{script}}
        }
        let result;
        try { result = await run(); } catch (problem) { result = {failed: problem.name}; }
        await fetch('/result', {method: 'POST', body: JSON.stringify(result)});
        </script>
        """;
}
