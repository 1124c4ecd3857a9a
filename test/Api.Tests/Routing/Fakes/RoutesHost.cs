using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gateway.Api.Admission.Sessions;
using Gateway.Api.Authentication;
using Gateway.Api.Errors;
using Gateway.Api.First;
using Gateway.Api.Health;
using Gateway.Api.Management;
using Gateway.Api.Models;
using Gateway.Silo.Settings;
using Gateway.Storage.Audit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Api.Tests.Routing.Fakes;

/// <summary>The listing and management routes on a real listener, over a routing bench.</summary>
public sealed class RoutesHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private RoutesHost(WebApplication app, RoutingBench bench)
    {
        this.app = app;
        Bench = bench;
    }

    public RoutingBench Bench { get; }

    public RecordingAudit Audit => app.Services.GetRequiredService<RecordingAudit>();

    public Callers Known => app.Services.GetRequiredService<Callers>();

    public HttpClient Client { get; private set; } = null!;

    public static async Task<RoutesHost> StartAsync(RoutingBench bench)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(bench.Router);
        builder.Services.AddSingleton(new StartGate(bench.State, [], BegunSession(bench.Time), bench.Time));
        builder.Services.AddSingleton(bench.Cluster.Grains);
        builder.Services.AddSingleton<TimeProvider>(TimeProvider.System);
        builder.Services.AddSingleton<RecordingAudit>();
        builder.Services.AddSingleton<IAuditLog>(services => services.GetRequiredService<RecordingAudit>());
        builder.Services.AddSingleton<Callers>();
        builder.Services.AddSingleton<IAuthenticator>(services => services.GetRequiredService<Callers>());
        builder.Services.Configure<IdentityOptions>(identity => identity.DefaultIssuer = "local");
        builder.Services.AddManagement();
        var app = builder.Build();
        app.MapModels();
        app.MapFirst();
        app.MapManagement();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RoutesHost(app, bench) { Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) } };
    }

    /// <param name="caller">Bearer word of a known caller; empty: no credential.</param>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string caller = "anyone", string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (caller.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", caller);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<JsonElement> GetAsync(string path, string caller = "anyone")
    {
        using var response = await SendAsync(HttpMethod.Get, path, caller);
        response.StatusCode.Should().Be(System.Net.HttpStatusCode.OK);
        return JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Status and <c>error.code</c>.</summary>
    public async Task<(int Status, string? Code)> RefusedAsync(HttpMethod method, string path, string caller = "anyone", string? body = null)
    {
        using var response = await SendAsync(method, path, caller, body);
        var json = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return ((int)response.StatusCode, json.GetProperty("error").GetProperty("code").GetString());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }

    /// <summary>The bearer word is the caller.</summary>
    public sealed class Callers : IAuthenticator
    {
        private readonly ConcurrentDictionary<string, Caller> known = new()
        {
            ["anyone"] = Entries.Anyone,
            ["physicist"] = Entries.Caller("local/physics", "globus/astro"),
            ["viewer"] = Admin(AdminRole.Viewer),
            ["operator"] = Admin(AdminRole.Operator),
            ["admin"] = Admin(AdminRole.Admin),
        };

        public ValueTask<AuthenticationOutcome> AuthenticateAsync(HttpContext context, CancellationToken cancellationToken) =>
            new(AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header) && known.TryGetValue(header.Parameter!, out var caller)
                ? new AuthenticationOutcome(caller, null)
                : new AuthenticationOutcome(null, GatewayErrors.Unauthenticated("No known credential.")));

        private static Caller Admin(AdminRole role) =>
            new() { Key = "key:1", Role = role, Id = "ops", Username = "ops", Name = "ops", AuthService = "gateway" };
    }

    private static NodeSession BegunSession(TimeProvider time)
    {
        var session = new NodeSession(time);
        session.Renewed(time.GetTimestamp());
        return session;
    }

    public sealed class RecordingAudit : IAuditLog
    {
        public ConcurrentQueue<AuditEntry> Written { get; } = new();

        public Exception? Failure { get; set; }

        public Task WriteAsync(AuditEntry entry, CancellationToken cancellationToken)
        {
            if (Failure is not null)
            {
                throw Failure;
            }

            Written.Enqueue(entry);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<AuditRecord>> ListAsync(long? beforeId, int limit, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<AuditRecord>>([]);
    }
}
