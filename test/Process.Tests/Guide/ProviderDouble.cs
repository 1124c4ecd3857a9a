using Gateway.Testing.Tls;

namespace Gateway.Process.Guide;

/// <summary>Stands in for the providers behind their real names: an HTTPS proxy leads there, a test authority vouches for them.</summary>
public sealed class ProviderDouble : IAsyncDisposable
{
    private readonly TestAuthority authority = new();
    private readonly ConnectProxy proxy;

    public ProviderDouble()
    {
        Upstream = ScriptedUpstream.Start(tls: authority.Server("api.openai.com", "api.anthropic.com", "your-resource.openai.azure.com"));
        proxy = ConnectProxy.To(Upstream.Port);
    }

    public ScriptedUpstream Upstream { get; }

    /// <summary>Settings that bring a gateway here.</summary>
    public Dictionary<string, string> Environment => new() { ["HTTPS_PROXY"] = proxy.Url, ["SSL_CERT_FILE"] = authority.File };

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        await Upstream.DisposeAsync();
        authority.Dispose();
    }
}
