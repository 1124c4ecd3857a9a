namespace Gateway.Grains.Limits.Sessions;

/// <summary>Which sessions of nodes are gone for good.</summary>
public interface INodeSessions
{
    /// <summary>Those of the given that were not renewed for 10 s by the store's clock, in which others could renew, or that ended; they are never alive again.</summary>
    Task<IReadOnlyCollection<string>> FindLostAsync(IReadOnlyCollection<string> sessions, CancellationToken cancellationToken);
}
