using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gateway.Api.Tests.Startup;

/// <summary>A part of the front-end on real loopback ports.</summary>
internal sealed class LoopbackHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LoopbackHost(WebApplication app)
    {
        _app = app;
        Clients = [.. app.Urls.Select(url => new HttpClient { BaseAddress = new Uri(url) })];
    }

    public HttpClient[] Clients { get; }

    public static async Task<LoopbackHost> StartAsync(Action<IServiceCollection> services, Action<WebApplication> configure, params string[] urls)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        services(builder.Services);
        builder.WebHost.UseKestrelCore().UseUrls(urls.Length == 0 ? ["http://127.0.0.1:0"] : urls);
        var app = builder.Build();
        configure(app);
        await app.StartAsync();
        return new LoopbackHost(app);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in Clients)
        {
            client.Dispose();
        }

        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
