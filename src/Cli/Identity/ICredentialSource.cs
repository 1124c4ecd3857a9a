namespace Gateway.Cli.Identity;

/// <summary>What goes into <c>Authorization: Bearer</c>.</summary>
public interface ICredentialSource
{
    /// <param name="refused">What the gateway did not take; null: nothing yet.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<string> GetAsync(string? refused, CancellationToken cancellationToken);
}

/// <summary>One that cannot be renewed.</summary>
public sealed class FixedCredential(string text) : ICredentialSource
{
    public Task<string> GetAsync(string? refused, CancellationToken cancellationToken) => Task.FromResult(text);
}

/// <summary>That of a profile.</summary>
public sealed class ProfileCredential(AccessTokens tokens, string name) : ICredentialSource
{
    public async Task<string> GetAsync(string? refused, CancellationToken cancellationToken)
    {
        var credential = await tokens.GetAsync(name, refused, cancellationToken);
        return credential.ApiKey ?? credential.AccessToken!;
    }
}
