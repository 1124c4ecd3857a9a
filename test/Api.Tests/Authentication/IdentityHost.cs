using System.Net;
using Dapper;
using Gateway.Abstractions.Tokens;
using Gateway.Api.Admission;
using Gateway.Api.Admission.Rows;
using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Keys;
using Gateway.Api.Authentication.Tokens;
using Gateway.Api.Authorization;
using Gateway.Api.Management;
using Gateway.Api.Management.Audit;
using Gateway.Api.Management.Journals;
using Gateway.Api.Management.Keys;
using Gateway.Api.Management.Usage;
using Gateway.Api.Management.Subjects;
using Gateway.Api.SelfService;
using Gateway.Api.Usage.Journal.Shipping;
using Gateway.Grains.Tokens;
using Gateway.Silo.Settings;
using Gateway.Storage;
using Gateway.Storage.Keys;
using Gateway.Storage.Sql;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Tests.Authentication;

/// <summary>Identity and key management as a gateway has them: real Kestrel, real SQLite; clock and grains belong to the test.</summary>
internal sealed class IdentityHost : IAsyncDisposable
{
    public const string AdminKey = "test-admin-key-of-more-than-32-characters";
    public const string ClusterSecret = "test-cluster-secret-of-more-than-32-characters";

    private readonly WebApplication _app;
    private readonly string _folder;
    private readonly bool _ownsFolder;

    private IdentityHost(WebApplication app, string folder, bool ownsFolder)
    {
        _app = app;
        _folder = folder;
        _ownsFolder = ownsFolder;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public ManualTime Time => (ManualTime)Services.GetRequiredService<TimeProvider>();

    public ManifestDouble Manifest => Services.GetRequiredService<ManifestDouble>();

    public LogCollector Logs => Services.GetRequiredService<LogCollector>();

    public SwitchableStore Store => (SwitchableStore)Services.GetRequiredService<IApiKeyStore>();

    public IKeysFollower Follower => Services.GetRequiredService<IKeysFollower>();

    public ClusterOptions Cluster => Services.GetRequiredService<IOptions<ClusterOptions>>().Value;

    public IdentityOptions Options => Services.GetRequiredService<IOptions<IdentityOptions>>().Value;

    /// <param name="configure">Identity settings.</param>
    /// <param name="beside">Another node: shares its database and clock.</param>
    public static async Task<IdentityHost> StartAsync(Action<IdentityOptions>? configure = null, IdentityHost? beside = null, string clusterSecret = ClusterSecret, TimeSpan? providerTimeout = null, ITokenGrain? tokens = null)
    {
        var folder = beside?._folder ?? Directory.CreateTempSubdirectory("gateway-identity-").FullName;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var logs = new LogCollector();
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        var services = builder.Services;
        services.AddRoutingCore();
        services.AddSingleton(logs);
        services.AddSingleton<TimeProvider>(beside?.Time ?? new ManualTime());
        services.AddSingleton(new ManifestDouble { Tokens = tokens });
        services.AddSingleton(provider => provider.GetRequiredService<ManifestDouble>().Factory);
        services.Configure<NodeOptions>(options =>
        {
            options.NodeId = "this-node";
            options.DataDirectory = folder;
        });
        services.Configure<StorageOptions>(options =>
        {
            options.SqlitePath = Path.Combine(folder, "gateway.db");
            options.ClusterSecret = clusterSecret;
            options.CallTimeout = TimeSpan.FromSeconds(20);
        });
        services.Configure<IdentityOptions>(options =>
        {
            options.AdminKey = AdminKey;
            configure?.Invoke(options);
        });
        if (tokens is not null)
        {
            services.Configure<IntrospectionOptions>(options => options.Url = new Uri("https://idp.example/introspect"));
        }

        services.AddGatewayStorage();
        services.AddGatewayIdentity();
        services.AddSelfService();
        services.AddUsageManagement();
        services.AddSingleton<JournalAdopter>();
        services.AddJournalManagement();
        services.AddSingleton<GrainReads>();
        services.AddSubjectManagement();
        services.AddAdmission();
        services.Replace(ServiceDescriptor.Singleton(_ => new IssuerDocuments(providerTimeout ?? TimeSpan.FromSeconds(60))));
        var store = services.Last(service => service.ServiceType == typeof(IApiKeyStore)).ImplementationType!;
        services.Replace(ServiceDescriptor.Singleton<IApiKeyStore>(provider => new SwitchableStore((IApiKeyStore)ActivatorUtilities.CreateInstance(provider, store))));
        var app = builder.Build();
        app.MapKeyManagement();
        app.MapSubjectManagement();
        app.MapSelfService();
        app.MapAuditLog();
        app.MapUsage();
        app.MapJournals();
        app.MapPost("/test/operator", (BoundBody body) => body.Value).RequireRole(AdminRole.Operator);
        await app.StartAsync(TestContext.Current.CancellationToken);
        await app.Services.GetRequiredService<IKeysReadiness>().Loaded.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await app.Services.GetRequiredService<LimitsRefresher>().Loaded.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return new IdentityHost(app, folder, beside is null);
    }

    public Task<AuthenticationOutcome> AuthenticateAsync(string credential, string address = "192.0.2.1") => Begin(credential, address);

    /// <summary>Completed already when it was decided from memory.</summary>
    /// <param name="gone">The caller hangs up.</param>
    public Task<AuthenticationOutcome> Begin(string credential, string address = "192.0.2.1", CancellationToken? gone = null)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = "Bearer " + credential;
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        return Services.GetRequiredService<IAuthenticator>().AuthenticateAsync(context, gone ?? TestContext.Current.CancellationToken).AsTask();
    }

    /// <summary>A key as <c>POST /admin/keys</c> makes it.</summary>
    public async Task<CreatedKey> CreateKeyAsync(ApiKeyDraft? draft = null) =>
        await Services.GetRequiredService<ApiKeyService>().CreateAsync(draft ?? new ApiKeyDraft { Name = "test" }, "key:test", null, TestContext.Current.CancellationToken);

    public Task RevokeAsync(string id) => Services.GetRequiredService<ApiKeyService>().RevokeAsync(id, "key:test", TestContext.Current.CancellationToken);

    /// <summary>What somebody with access to the database could do.</summary>
    public Task<int> ExecuteAsync(string sql, object? values = null) => Services.GetRequiredService<GatewayDatabase>().WriteAsync(
        (transaction, _) => transaction.Connection!.ExecuteAsync(sql, values, transaction), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(TestContext.Current.CancellationToken);
        await _app.DisposeAsync();
        if (_ownsFolder)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    internal sealed record BoundBody(string Value);
}
