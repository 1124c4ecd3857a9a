using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Api.Tests.Authentication.Tokens;

/// <summary>An identity provider on loopback: discovery and key set over HTTP, keys that rotate, an outage switch.</summary>
internal sealed class OidcDouble : IAsyncDisposable
{
    // Made once: keys are slow to make. Each role has its own, so that no test meets one key in two roles.
    private static readonly Lazy<RSAParameters> First = Make();
    private static readonly Lazy<RSAParameters> Rotated = Make();
    private static readonly Lazy<RSAParameters> Foreign = Make();

    private readonly WebApplication _app;
    private readonly List<SecurityKey> _published = [];
    private int _metadataFetches;

    private OidcDouble(WebApplication app) => _app = app;

    public string Issuer => _app.Urls.Single();

    public RsaSecurityKey SigningKey { get; private set; } = KeyOf(First);

    public bool IsDown { get; set; }

    /// <summary>Accepts requests and never answers.</summary>
    public bool IsHanging { get; set; }

    /// <summary>False: its keys and tokens carry no key ids, which the standard allows.</summary>
    public bool NamesItsKeys { get; set; } = true;

    public int MetadataFetches => Volatile.Read(ref _metadataFetches);

    public static async Task<OidcDouble> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var provider = new OidcDouble(app);
        provider._published.Add(provider.SigningKey);
        app.MapGet("/.well-known/openid-configuration", provider.MetadataAsync);
        app.MapGet("/keys", provider.KeysAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return provider;
    }

    /// <summary>A key that the provider does not have.</summary>
    public static RsaSecurityKey ForeignKey() => KeyOf(Foreign);

    /// <summary>Signs with a new key from now on, and publishes only that one.</summary>
    public void Rotate()
    {
        SigningKey = KeyOf(Rotated);
        _published.Clear();
        _published.Add(SigningKey);
    }

    /// <summary>As a careless provider may: also keys that must never verify anything.</summary>
    public void Publish(SecurityKey key) => _published.Add(key);

    public TokenMint Mint() => new(this);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(TestContext.Current.CancellationToken);
        await _app.DisposeAsync();
    }

    private Task MetadataAsync(HttpContext context)
    {
        Interlocked.Increment(ref _metadataFetches);
        return AnswerAsync(context, new JsonObject { ["issuer"] = Issuer, ["jwks_uri"] = Issuer + "/keys" });
    }

    private Task KeysAsync(HttpContext context) =>
        AnswerAsync(context, new JsonObject { ["keys"] = new JsonArray([.. _published.Select(key => (JsonNode)Named(Jwk(key)))]) });

    private async Task AnswerAsync(HttpContext context, JsonObject body)
    {
        if (IsHanging)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        context.Response.StatusCode = IsDown ? 503 : 200;
        await context.Response.WriteAsync(IsDown ? "<html>down</html>" : body.ToJsonString(), context.RequestAborted);
    }

    private JsonObject Named(JsonObject jwk)
    {
        if (!NamesItsKeys)
        {
            jwk.Remove("kid");
        }

        return jwk;
    }

    private static RsaSecurityKey KeyOf(Lazy<RSAParameters> parameters) => new(RSA.Create(parameters.Value)) { KeyId = Guid.NewGuid().ToString("N") };

    private static Lazy<RSAParameters> Make() => new(() =>
    {
        using var rsa = RSA.Create(2048);
        return rsa.ExportParameters(includePrivateParameters: true);
    });

    private static JsonObject Jwk(SecurityKey key)
    {
        var jwk = JsonWebKeyConverter.ConvertFromSecurityKey(key);
        return jwk.Kty switch
        {
            "RSA" => new JsonObject { ["kty"] = "RSA", ["use"] = "sig", ["kid"] = key.KeyId, ["n"] = jwk.N, ["e"] = jwk.E },
            "EC" => new JsonObject { ["kty"] = "EC", ["use"] = "sig", ["kid"] = key.KeyId, ["crv"] = jwk.Crv, ["x"] = jwk.X, ["y"] = jwk.Y },
            _ => new JsonObject { ["kty"] = "oct", ["use"] = "sig", ["kid"] = key.KeyId, ["k"] = jwk.K },
        };
    }
}
