using BenchmarkDotNet.Attributes;
using Gateway.Api.Authentication;

namespace Gateway.Credentials;

/// <summary>Authenticates requests whose credentials this node knows, each time another one of many.</summary>
public class CachedCredentials : IDisposable
{
    private const int Count = 1_000;

    private KnownCallers? known;
    private HttpContext[] requests = [];
    private int next;

    [Params(CredentialKind.ApiKey, CredentialKind.JsonWebToken, CredentialKind.OpaqueToken)]
    public CredentialKind Kind { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        known = new KnownCallers();
        requests = known.Requests(Kind, Count);
    }

    [Benchmark]
    public bool Authenticate()
    {
        next = next + 1 == Count ? 0 : next + 1;
        var outcome = known!.Authenticator.AuthenticateAsync(requests[next], CancellationToken.None);
        return outcome is { IsCompletedSuccessfully: true, Result.Caller: not null } ? true : throw new InvalidOperationException("The credential is not known.");
    }

    [GlobalCleanup]
    public void Dispose()
    {
        known?.Dispose();
        GC.SuppressFinalize(this);
    }
}

public enum CredentialKind
{
    ApiKey,

    /// <summary>About 1,000 characters.</summary>
    JsonWebToken,
    OpaqueToken,
}
