namespace Gateway.Api.Admission.Sessions;

/// <summary>The table of node sessions: whoever is not renewed for 10 s of the database's time, in which others were, is lost, and gives its permits back.</summary>
public interface INodeSessionStore
{
    /// <summary>Begins the session or keeps it alive. False: it was taken for lost; it must not be used any more.</summary>
    Task<bool> RenewAsync(string session, string nodeId, CancellationToken cancellationToken);

    /// <summary>The node ends in order: its permits are free at once.</summary>
    Task EndAsync(string session, CancellationToken cancellationToken);
}
