using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Api.Startup.Stopping;

/// <summary>Keeps connections for a moment after the listeners have closed.</summary>
/// <remarks>
/// The server would close at once what has no request under way: also a connection that a balancer has opened a moment before and whose
/// request is on its way. That request would be lost, since a balancer may not send one twice that changes something. So: (1) the server's
/// wish to close is passed on to the connection after <see cref="Linger"/>; (2) until then it serves, and its answers say that it closes
/// (<see cref="DrainExtensions.UseDraining"/>); (3) a connection that closes by itself waits for nothing.
/// </remarks>
internal static class LingeringConnections
{
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    public static void UseLingering(this ListenOptions listen, TimeProvider time) => listen.Use(next => async connection =>
    {
        if (connection.Features.Get<IConnectionLifetimeNotificationFeature>() is not { } server)
        {
            await next(connection);
            return;
        }

        using var later = new LaterClose(server, time);
        connection.Features.Set<IConnectionLifetimeNotificationFeature>(later);
        await next(connection);
    });

    private sealed class LaterClose : IConnectionLifetimeNotificationFeature, IDisposable
    {
        private readonly IConnectionLifetimeNotificationFeature _server;
        private readonly CancellationTokenSource _later;
        private readonly CancellationTokenRegistration _asked;

        public LaterClose(IConnectionLifetimeNotificationFeature server, TimeProvider time)
        {
            _server = server;
            _later = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
            ConnectionClosedRequested = _later.Token;
            _asked = server.ConnectionClosedRequested.UnsafeRegister(static later => ((CancellationTokenSource)later!).CancelAfter(Linger), _later);
        }

        public CancellationToken ConnectionClosedRequested { get; set; }

        public void RequestClose() => _server.RequestClose();

        public void Dispose()
        {
            _asked.Dispose();
            _later.Dispose();
        }
    }
}
