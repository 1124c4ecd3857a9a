using System.Collections.Frozen;
using Gateway.Abstractions.Tokens;
using Gateway.Grains.Tests.Support;
using Gateway.Grains.Tokens.Globus;
using Gateway.Testing.Identity;

namespace Gateway.Grains.Tests.Tokens;

/// <summary>A silo that accepts the tokens of a Globus of its own.</summary>
internal sealed class GlobusSilo : IAsyncDisposable
{
    private readonly TokenCluster _cluster;

    private GlobusSilo(GlobusDouble globus, TokenCluster cluster)
    {
        Globus = globus;
        _cluster = cluster;
    }

    public GlobusDouble Globus { get; }

    public FakeTimeProvider Clock => _cluster.Clock;

    public LogSink Logs => _cluster.Logs;

    public static async Task<GlobusSilo> StartAsync(Func<GlobusDouble, GlobusOptions>? rules = null, short silos = 1)
    {
        var clock = new FakeTimeProvider();
        var globus = GlobusDouble.Start(clock);
        var cluster = await TokenCluster.StartAsync(
            options =>
            {
                options.Url = new Uri(globus.Origin + "/v2/oauth2/token/introspect");
                options.ClientId = GlobusDouble.ClientId;
                options.ClientSecret = GlobusDouble.ClientSecret;
                options.Alias = GlobusOptions.Alias;
                options.Globus = rules?.Invoke(globus) ?? Rules(globus);
            },
            clock,
            silos);
        return new GlobusSilo(globus, cluster);
    }

    public static GlobusOptions Rules(
        GlobusDouble globus, string[]? domains = null, string[]? groups = null, string[]? policies = null, string[]? services = null, Dictionary<string, string[]>? perIdp = null) => new()
    {
        AuthUrl = new Uri(globus.Origin),
        GroupsUrl = new Uri(globus.Origin),
        IdpDomains = [.. domains ?? []],
        Groups = [.. groups ?? []],
        Policies = [.. policies ?? []],
        ServiceUsernames = (services ?? []).ToFrozenSet(),
        GroupsPerIdp = (perIdp ?? []).ToFrozenDictionary(pair => pair.Key, pair => System.Collections.Immutable.ImmutableArray.Create(pair.Value)),
    };

    public Task<TokenAnswer> AskAsync(GlobusUser user) => AskAsync(Globus.Issue(user));

    public Task<TokenAnswer> AskAsync(string token) => _cluster.AskAsync(token);

    public ITokenGrain Grain(string token) => _cluster.Grain(token);

    public Task ForgetAsync(string token) => _cluster.ForgetAsync(token);

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await Globus.DisposeAsync();
    }
}
