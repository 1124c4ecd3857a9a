using Gateway.Storage.Sessions;

namespace Gateway.Api.Admission.Sessions;

internal sealed class SqlNodeSessionStore(NodeSessionTable table) : INodeSessionStore
{
    public Task<bool> RenewAsync(string session, string nodeId, CancellationToken cancellationToken) => table.RenewAsync(session, nodeId, cancellationToken);

    public Task EndAsync(string session, CancellationToken cancellationToken) => table.EndAsync(session, cancellationToken);
}
