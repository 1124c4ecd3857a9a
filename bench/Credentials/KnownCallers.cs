using System.Buffers.Text;
using System.Security.Cryptography;
using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Keys;
using Gateway.Api.Authentication.Tokens;
using Gateway.Storage;
using Gateway.Storage.Keys;

namespace Gateway.Credentials;

/// <summary>The real authenticator with credentials in its memory. Nothing is stored, and nobody is asked.</summary>
internal sealed class KnownCallers : IDisposable
{
    private const int TokenBytes = 750;
    private const int OpaqueBytes = 48;

    private readonly ServiceProvider services;

    public KnownCallers()
    {
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddGatewayStorage();
        collection.AddGatewayIdentity();
        collection.Configure<StorageOptions>(options =>
        {
            options.ClusterSecret = new string('s', 32);

            // Demanded, and never opened.
            options.SqlitePath = Path.Combine(Path.GetTempPath(), "no-such-folder", "gateway.db");
        });
        collection.AddSingleton(NoSilo.Factory);
        services = collection.BuildServiceProvider();
        Authenticator = services.GetRequiredService<IAuthenticator>();
    }

    public IAuthenticator Authenticator { get; }

    public HttpContext[] Requests(CredentialKind kind, int count) => [.. Enumerable.Range(0, count).Select(number => Request(Known(kind, number)))];

    public void Dispose() => services.Dispose();

    private string Known(CredentialKind kind, int number)
    {
        if (kind is CredentialKind.ApiKey)
        {
            var key = ApiKeyText.Create();
            var record = new ApiKeyRecord { Id = $"key-{number}", Hash = KeyHash.Of(key), Hint = ApiKeyText.Hint(key), Name = "bench", CreatedAt = DateTimeOffset.UnixEpoch, CreatedBy = "key:bench", Version = number + 1 };
            services.GetRequiredService<ApiKeySnapshot>().Apply(new StoredApiKey(record, IsAuthentic: true));
            return key;
        }

        var random = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(kind is CredentialKind.OpaqueToken ? OpaqueBytes : TokenBytes));
        var token = kind is CredentialKind.OpaqueToken ? random : $"{random[..100]}.{random[100..650]}.{random[650..]}";
        var caller = new Caller { User = $"user:lab/{number}", Id = "bench", Username = "bench", Name = "bench", AuthService = "lab" };
        services.GetRequiredService<TokenCache>().Add(KeyHash.Of(token), caller, TimeProvider.System.GetTimestamp(), TimeSpan.FromDays(1));
        return token;
    }

    private static DefaultHttpContext Request(string credential)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = "Bearer " + credential;
        return context;
    }
}
