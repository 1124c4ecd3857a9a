using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.Grains.Tests.Support;

/// <summary>A real HTTP server on loopback whose answers a test scripts.</summary>
internal sealed class ManifestHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ManifestHost(WebApplication app) => _app = app;

    public RequestDelegate Answer { get; set; } = context => context.Response.WriteAsync("{}", context.RequestAborted);

    public ConcurrentQueue<IHeaderDictionary> Requests { get; } = new();

    public Uri Url(string path = "/status.json") => new(new Uri(_app.Urls.First()), path);

    public static async Task<ManifestHost> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var host = new ManifestHost(builder.Build());
        host._app.Run(context =>
        {
            host.Requests.Enqueue(new HeaderDictionary(context.Request.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase)));
            return host.Answer(context);
        });
        await host._app.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    /// <summary>Serves a text, whatever is asked for.</summary>
    public void Serve(string json, string contentType = "application/json") => Answer = context =>
    {
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(json, context.RequestAborted);
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
