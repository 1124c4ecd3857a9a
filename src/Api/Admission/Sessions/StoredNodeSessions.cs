using Gateway.Storage.Sessions;

namespace Gateway.Api.Admission.Sessions;

/// <summary>The sessions in the database.</summary>
internal sealed class StoredNodeSessions(NodeSessionTable table) : INodeSessionStore
{
    public Task<bool> RenewAsync(string session, string nodeId, CancellationToken cancellationToken) => table.RenewAsync(session, nodeId, cancellationToken);

    public Task EndAsync(string session, CancellationToken cancellationToken) => table.EndAsync(session, cancellationToken);
}
