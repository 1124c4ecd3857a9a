using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Errors;
using Gateway.Api.Http;
using Gateway.Api.Streaming;
using Gateway.Silo.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Api.Tests.Streaming;

/// <summary>A real server whose only route hands one upstream's answer to <see cref="StreamResponse"/>.</summary>
public sealed class StreamHost : IAsyncDisposable
{
    private readonly Channel<StreamOutcome> _outcomes = Channel.CreateUnbounded<StreamOutcome>();
    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler { UseProxy = false });
    private readonly Uri _upstream;
    private WebApplication _app = null!;

    private readonly StreamRelayOptions _options;
    private readonly TimeSpan _totalTimeout;

    private StreamHost(Uri upstream, StreamRelayOptions options, TimeSpan totalTimeout) =>
        (_upstream, _options, _totalTimeout) = (upstream, options, totalTimeout);

    public Uri Uri { get; private set; } = null!;

    public SilenceWatch Watch => _app.Services.GetRequiredService<SilenceWatch>();

    public static async Task<StreamHost> StartAsync(
        ScriptedUpstream upstream,
        TimeProvider? time = null,
        bool hideUsageChunk = false,
        TimeSpan? idleTimeout = null,
        TimeSpan? totalTimeout = null,
        X509Certificate2? certificate = null,
        UpstreamErrorCheck? mayPassError = null,
        double keepAliveSeconds = 15)
    {
        var options = new StreamRelayOptions
        {
            Operation = Operation.ChatCompletions,
            HideUsageChunk = hideUsageChunk,
            IdleTimeout = idleTimeout ?? TimeSpan.FromSeconds(120),
            MayPassError = mayPassError,
        };
        var host = new StreamHost(upstream.Uri, options, totalTimeout ?? Timeout.InfiniteTimeSpan);
        await host.ListenAsync(time ?? TimeProvider.System, certificate, keepAliveSeconds);
        return host;
    }

    /// <summary>The outcome of the next request that ends; a beginning that failed counts with 0 bytes.</summary>
    public async Task<StreamOutcome> OutcomeAsync() =>
        await _outcomes.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _invoker.Dispose();
    }

    private async Task ListenAsync(TimeProvider time, X509Certificate2? certificate, double keepAliveSeconds)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton(time);
        builder.Services.AddStreaming();
        builder.Services.Configure<StreamOptions>(options => options.KeepAlive = TimeSpan.FromSeconds(keepAliveSeconds));
        _app = builder.Build();
        _app.MapPost("/v1/chat/completions", context => ForwardAsync(context, Operation.ChatCompletions));
        _app.MapPost("/v1/responses", context => ForwardAsync(context, Operation.Responses));
        await _app.StartAsync(TestContext.Current.CancellationToken);
        Uri = new Uri(_app.Urls.Single());
    }

    private async Task ForwardAsync(HttpContext context, Operation operation)
    {
        var factory = context.RequestServices.GetRequiredService<StreamResponseFactory>();
        await using var stream = factory.Create(context, operation);
        using var total = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        total.CancelAfter(_totalTimeout);
        stream.BeginWaiting();
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _upstream);
            var response = await _invoker.SendAsync(request, total.Token);
            var beginning = await stream.ReadBeginningAsync(response, _options.IdleTimeout, total.Token);
            if (beginning.Failure != UpstreamFailure.None)
            {
                await stream.FailAsync(new GatewayError(502, GatewayErrors.ServerError, "upstream_failed", $"It failed: {beginning.Failure}."));
                _outcomes.Writer.TryWrite(new StreamOutcome(beginning.Failure, 0));
                return;
            }

            _outcomes.Writer.TryWrite(await stream.RelayAsync(beginning, _options with { Operation = operation }, total.Token));
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            await stream.FailAsync(new GatewayError(502, GatewayErrors.ServerError, "upstream_failed", "It failed before it answered."));
        }
    }
}
