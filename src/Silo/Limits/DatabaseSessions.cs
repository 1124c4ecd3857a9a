using Gateway.Grains.Limits.Sessions;
using Gateway.Storage.Sessions;

namespace Gateway.Silo.Limits;

internal sealed class DatabaseSessions(NodeSessionTable table) : INodeSessions
{
    public Task<IReadOnlyCollection<string>> FindLostAsync(IReadOnlyCollection<string> sessions, CancellationToken cancellationToken) =>
        table.FindLostAsync(sessions, cancellationToken);
}
