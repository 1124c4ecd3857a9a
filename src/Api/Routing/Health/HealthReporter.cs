using Gateway.Abstractions.Endpoints;
using Gateway.Api.Cluster;
using Gateway.Api.Routing.Feed;
using Gateway.Silo.Settings;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Routing.Health;

/// <summary>Sends outcomes to the entries' owners: failures and settled probes at once, the rest once a second.</summary>
/// <remarks>
/// One report of an entry is under way at a time. A report that was not answered is sent again as it is, with the same
/// sequence number, so that the owner counts it once; what happens meanwhile gathers in the entry's log, which is bounded.
/// </remarks>
public sealed partial class HealthReporter(
    IGrainFactory grains, RoutingState state, OutcomeQueue queue, GrainCallCounts calls, IOptions<NodeOptions> node, TimeProvider time, ILogger<HealthReporter> logger) : BackgroundService
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan AnswerBound = TimeSpan.FromSeconds(2);

    private readonly string session = Guid.NewGuid().ToString("N");
    private long sequence;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(FollowQueueAsync(stoppingToken), FollowClockAsync(stoppingToken));

    private async Task FollowQueueAsync(CancellationToken stoppingToken)
    {
        await foreach (var endpoint in queue.ReadAllAsync(stoppingToken))
        {
            _ = SendAsync(endpoint, stoppingToken);
        }
    }

    private async Task FollowClockAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var endpoint in state.Endpoints)
            {
                if (endpoint.Reports.IsDue(endpoint))
                {
                    _ = SendAsync(endpoint, stoppingToken);
                }
            }
        }
    }

    /// <summary>Never throws.</summary>
    private async Task SendAsync(EndpointState endpoint, CancellationToken stoppingToken)
    {
        var slot = endpoint.Reports;
        var answered = true;

        // Whoever finds the slot taken leaves its outcomes to the one inside, who looks again after leaving.
        while (answered && !endpoint.IsReplaced && slot.TryEnter())
        {
            try
            {
                var report = slot.Fill(endpoint, node.Value.NodeId, session, () => Interlocked.Increment(ref sequence));
                calls.CountBackground();
                var verdict = await grains.GetGrain<IEndpointGrain>(endpoint.Id).Report(report).WaitAsync(AnswerBound, time, stoppingToken);
                slot.Answered();
                endpoint.ApplyAnswer(verdict, slot.CoveredFailures == endpoint.Outcomes.Failures);
            }
            catch (Exception exception)
            {
                answered = false;
                if (!stoppingToken.IsCancellationRequested)
                {
                    LogUnanswered(exception, endpoint.Id);
                }
            }
            finally
            {
                slot.Exit();
            }

            if (!endpoint.Outcomes.HasUrgent)
            {
                return;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "metis endpoint {Endpoint}: health report not answered; it will be sent again")]
    private partial void LogUnanswered(Exception cause, string endpoint);
}
