namespace Gateway.Testing.Identity;

/// <summary>Somebody with a Globus account.</summary>
/// <param name="Username">With the domain of the identity provider: <c>alice@anl.gov</c>.</param>
public sealed record GlobusUser(string Id, string Username, string Name)
{
    /// <summary>Ids of groups with an active membership.</summary>
    public string[] Groups { get; init; } = [];

    /// <summary>Ids of groups with an invitation only.</summary>
    public string[] Invitations { get; init; } = [];

    /// <summary>Further identities of the account, which did not sign in.</summary>
    public GlobusUser[] Linked { get; init; } = [];

    /// <summary>Policies that the session does not meet.</summary>
    public string[] FailedPolicies { get; init; } = [];

    /// <summary>A program with client credentials: it has no session.</summary>
    public bool IsService { get; init; }

    public bool ConsentsToGroups { get; init; } = true;

    /// <summary>Lifetime of its tokens. Globus gives 48 h.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(48);

    public static GlobusUser Person(string username, string name = "Alice Example", params string[] groups) => new(Guid.NewGuid().ToString(), username, name) { Groups = groups };

    public static GlobusUser Service(params string[] groups)
    {
        var client = Guid.NewGuid().ToString();
        return new(client, client + "@clients.auth.globus.org", "Nightly Job") { Groups = groups, IsService = true };
    }
}
