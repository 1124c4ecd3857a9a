namespace Orleans.Runtime.Membership;

/// <summary>
/// Looks after a silo that a call could not reach. A member dials it anew and votes if it is refused, and asks others to do the same; a
/// client only asks. Repeated while the silo is in the view, because votes count for a while only.
/// </summary>
internal sealed partial class FailureDetector(ClusterViews views, ISiloTransport transport, TimeProvider clock, ILogger<FailureDetector> logger, MembershipAgent? agent = null)
{
    private const int Rounds = 30;
    private const int Asked = 2;
    private static readonly TimeSpan BetweenRounds = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RoundTimeout = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<SiloAddress, byte> _suspects = new();

    public void Suspect(SiloAddress silo, bool askOthers = true)
    {
        if (_suspects.TryAdd(silo, 0))
        {
            using var noFlow = FlowSuppression.Begin();
            _ = Task.Run(() => ExamineAsync(silo, askOthers));
        }
    }

    private async Task ExamineAsync(SiloAddress silo, bool askOthers)
    {
        try
        {
            for (var round = 0; round < Rounds && views.Current.HasOwner(silo); round++)
            {
                using var timeout = new CancellationTokenSource(RoundTimeout, clock);
                var isOver = !await ExamineOnceAsync(silo, askOthers ? round : null, timeout.Token);

                // After the last round too: calls that go on failing suspect the silo again at once.
                await Task.Delay(BetweenRounds, clock, CancellationToken.None);
                if (isOver)
                {
                    return;
                }
            }
        }
        finally
        {
            _suspects.TryRemove(silo, out _);
        }
    }

    /// <summary>False when the silo takes connections, or is gone.</summary>
    private async Task<bool> ExamineOnceAsync(SiloAddress silo, int? round, CancellationToken cancellationToken)
    {
        try
        {
            if (agent is not null && (!await transport.IsRefusedAsync(silo, cancellationToken) || await agent.VoteAsync(silo, cancellationToken)))
            {
                return false;
            }

            var message = Encoding.UTF8.GetBytes(silo.ToParsableString());
            using var answer = new PooledBuffer();
            var others = views.Current.Owners.Where(owner => !owner.Equals(silo)).ToList();
            for (var index = 0; round is not null && index < Math.Min(others.Count, Asked); index++)
            {
                await transport.SendAsync(others[(round.Value + index) % others.Count], SiloRequest.Suspect, message, answer, cancellationToken);
            }
        }
        catch (Exception exception)
        {
            LogFailed(logger, silo, exception.Message);
        }

        return agent is not null;
    }

    [LoggerMessage(EventId = 10060, Level = LogLevel.Information, Message = "Silo {Silo} could not be examined: {Problem}")]
    private static partial void LogFailed(ILogger logger, SiloAddress silo, string problem);
}
