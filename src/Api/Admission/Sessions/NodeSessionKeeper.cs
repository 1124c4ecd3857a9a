using Gateway.Silo.Settings;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Admission.Sessions;

/// <summary>Renews the session every 2 s.</summary>
internal sealed partial class NodeSessionKeeper(INodeSessionStore store, NodeSession session, IOptions<NodeOptions> node, TimeProvider time, ILogger<NodeSessionKeeper> logger) : BackgroundService
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan GoodbyeBound = TimeSpan.FromMilliseconds(500);

    private bool _isFailing;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await GoodbyeAsync(session.Id, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var isRenewed = await RenewAsync(stoppingToken);
            await Task.Delay(isRenewed ? Period : RetryAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task GoodbyeAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await store.EndAsync(id, cancellationToken).WaitAsync(GoodbyeBound, time, cancellationToken);
        }
        catch (Exception)
        {
            // It is taken for lost a few seconds later.
        }
    }

    private async Task<bool> RenewAsync(CancellationToken stoppingToken)
    {
        if (session.HasEnded)
        {
            await GoodbyeAsync(session.Id, stoppingToken);
            session.Replace();
        }

        var askedAt = time.GetTimestamp();
        try
        {
            if (!await store.RenewAsync(session.Id, node.Value.NodeId, stoppingToken).WaitAsync(Period, time, stoppingToken))
            {
                LogLost(session.Id);
                session.Replace();
                return false;
            }

            session.Renewed(askedAt);
            if (_isFailing)
            {
                _isFailing = false;
                LogRecovered();
            }

            return true;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            if (!_isFailing)
            {
                _isFailing = true;
                LogFailing(exception.Message);
            }

            return false;
        }
        catch (Exception)
        {
            return false;
        }
    }

    [LoggerMessage(EventId = 5201, Level = LogLevel.Warning, Message = "The session {Session} of this node was taken for lost; what it held of limits counts as used, and a new one begins.")]
    private partial void LogLost(string session);

    [LoggerMessage(EventId = 5202, Level = LogLevel.Warning, Message = "The session of this node cannot be renewed; after {Seconds} s limited callers are refused. {Reason}")]
    private partial void LogFailing(string reason, int seconds = 8);

    [LoggerMessage(EventId = 5203, Level = LogLevel.Information, Message = "The session of this node is renewed again.")]
    private partial void LogRecovered();
}
