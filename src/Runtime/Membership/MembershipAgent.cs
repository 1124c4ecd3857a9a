namespace Orleans.Runtime.Membership;

/// <summary>
/// Keeps this silo a member. Every half second, and when somebody knows of a newer view:
/// <list type="number">
/// <item>Read the table and renew the own heartbeat.</item>
/// <item>Declared dead, or replaced on the own address: the silo stops itself, since its grains live elsewhere.</item>
/// <item>The own row is missing or differs: write it. That joins, leaves, and fills a table that was lost.</item>
/// <item>Joining: dial every active member; become active when all answer and none has become active meanwhile.</item>
/// <item>Publish what was read; tell the others if the news is this silo's own.</item>
/// <item>Declare dead who was silent for too long, if the table was read without a gap for as long.</item>
/// </list>
/// While the store cannot be reached, the last view stays in force; nobody joins and nobody is declared dead. A silo that alone cannot
/// reach it learns from the others what it misses.
/// </summary>
internal sealed partial class MembershipAgent(
    IMembershipStore store, ClusterViews views, LocalSiloDetails local, ViewBuilder builder, ClusterSecret secret, ISiloTransport transport, TimeProvider clock, ILogger<MembershipAgent> logger)
    : IDisposable
{
    private static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _gate = new(1);
    private readonly UnbrokenReading _reading = new(clock);
    private readonly string _instance = Guid.NewGuid().ToString("N");
    private readonly DateTimeOffset _started = clock.GetUtcNow();
    private SiloStatus _status = SiloStatus.Joining;
    private bool _registered;
    private int _asked;
    private string _lastWait = "";
    private volatile bool _isAway;
    private Task _refreshing = Task.CompletedTask;
    private Task _spreading = Task.CompletedTask;
    private bool _hasNews;

    /// <summary>Called once, when this silo must not go on.</summary>
    public Action<string>? Failed { get; set; }

    public void Start()
    {
        views.Reader = RefreshAsync;
        _ = RunAsync();
    }

    /// <summary>Says to the cluster that this silo is leaving or has left. Grains have other owners from now on, told or not.</summary>
    public async Task LeaveAsync(SiloStatus status, CancellationToken cancellationToken)
    {
        _status = _registered ? status : SiloStatus.Dead;
        try
        {
            await StepAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            WaitFor($"the membership table cannot be reached: {exception.Message}");
        }

        views.Publish(WithoutSelf(views.Current));
        await _spreading.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Votes that a silo is dead whose address refused a new connection. True when it is gone.</summary>
    public async Task<bool> VoteAsync(SiloAddress suspect, CancellationToken cancellationToken)
    {
        var table = await store.ReadAsync(null, cancellationToken);
        if (MembershipRules.Vote(table, suspect, local.SiloAddress) is { } row
            && await store.TryWriteAsync(new(table.Version, views.Current.Version, [row]), cancellationToken)
            && row.Status == SiloStatus.Dead)
        {
            LogRefused(logger, suspect);
            _hasNews = true;
        }

        await StepAsync(cancellationToken);
        return !views.Current.HasOwner(suspect);
    }

    public void Dispose() => _stop.Cancel();

    // One reading at a time for all who ask; the second may be needed because the first began before the change. Nobody waits for a
    // store that is known to be away: the loop below tries it, and asks others.
    private async Task RefreshAsync(long version, CancellationToken cancellationToken)
    {
        var asked = clock.GetTimestamp();
        for (var attempt = 0; attempt < 2 && !_isAway && (version == 0 || views.Current.Version < version); attempt++)
        {
            Task refreshing;
            lock (_stop)
            {
                refreshing = _refreshing = _refreshing.IsCompleted ? StepAsync(CancellationToken.None) : _refreshing;
            }

            await refreshing.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        if (version == 0 && views.LastRead < asked)
        {
            throw new OrleansException("The membership table cannot be read now.");
        }
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await StepAsync(_stop.Token);
            }
            catch (Exception exception)
            {
                _isAway = true;
                _reading.Break();
                WaitFor($"the membership table cannot be reached: {exception.Message}");
                await AskMemberAsync();
            }

            await Task.Delay(store.HeartbeatPeriod, clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Until nothing of the table has to be changed, or what is missing has to be waited for.
    private async Task StepAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (_status != SiloStatus.None && await TurnAsync(cancellationToken).ConfigureAwait(false))
            {
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<bool> TurnAsync(CancellationToken cancellationToken)
    {
        var table = await store.ReadAsync(_registered ? local.SiloAddress.Endpoint : null, cancellationToken).ConfigureAwait(false);
        _isAway = false;
        views.LastRead = clock.GetTimestamp();
        _reading.Note(table.Now);
        _lastWait = _status == SiloStatus.Joining ? _lastWait : "";
        var mine = table.Find(local.SiloAddress.Endpoint);

        // A write whose answer was lost may have been made.
        _registered |= mine?.Instance == _instance;
        if (Refusal(table, mine) is { } refusal)
        {
            Fail(refusal);
            return false;
        }

        if (mine?.Instance != _instance || mine.Status != _status || table.Version < views.Current.Version)
        {
            if (!_registered && mine is not null && mine.Address.Generation >= local.SiloAddress.Generation)
            {
                local.Succeed(mine.Address.Generation);
            }

            _registered |= await WriteMineAsync(table, _status, cancellationToken).ConfigureAwait(false);
            return true;
        }

        if (_status == SiloStatus.Joining && await ReachesAllAsync(table, cancellationToken).ConfigureAwait(false))
        {
            var joined = await WriteMineAsync(table, SiloStatus.Active, cancellationToken).ConfigureAwait(false);
            _status = joined && _status == SiloStatus.Joining ? SiloStatus.Active : _status;
            return true;
        }

        var view = builder.Build(table, views.Current);
        views.Publish(_status == SiloStatus.Active ? view : WithoutSelf(view));
        if (_hasNews)
        {
            _hasNews = false;
            _spreading = SpreadAsync(views.Current);
        }

        return await CleanAsync(table, cancellationToken).ConfigureAwait(false);
    }

    private string? Refusal(MembershipTable table, SiloRow? mine)
    {
        if (_registered)
        {
            var replaced = mine is not null && mine.Instance != _instance && mine.Address.Generation > local.SiloAddress.Generation;
            return replaced ? $"its address {local.SiloAddress.Endpoint} was taken over by {mine!.Address} ({mine.Name})"
                : mine?.Instance == _instance && mine.Status == SiloStatus.Dead && _status != SiloStatus.Dead ? "the cluster declared it dead"
                : null;
        }

        return table.HasOtherEngine ? $"the membership table is already used by another actor engine in cluster '{local.ClusterId}'"
            : table.Rows.FirstOrDefault(row => row.Status != SiloStatus.Dead && !MembershipRules.IsSilent(table, row) && !builder.IsGenuine(row)) is { } stranger
                ? $"silo {stranger.Address} ({stranger.Name}) of cluster '{local.ClusterId}' has another cluster secret"
            : null;
    }

    private Task<bool> WriteMineAsync(MembershipTable table, SiloStatus status, CancellationToken cancellationToken)
    {
        var row = new SiloRow
        {
            Address = local.SiloAddress,
            Instance = _instance,
            Status = status,
            Name = local.Name,
            Started = _started,
            Signature = secret.Sign(SiloRow.SignedText(local.ClusterId, local.SiloAddress, _instance, local.Name)),
            DeadAt = status == SiloStatus.Dead ? table.Now : 0,
        };
        _hasNews = true;
        return store.TryWriteAsync(new(table.Version, views.Current.Version, [row]) { Heartbeat = row.Endpoint }, cancellationToken);
    }

    // Others would see it within half a second; told, they see it now.
    private async Task SpreadAsync(ClusterView view)
    {
        using var timeout = new CancellationTokenSource(DialTimeout, clock);
        var message = Encoding.UTF8.GetBytes(view.Version.ToString(CultureInfo.InvariantCulture));
        await Task.WhenAll(view.Owners.Where(owner => !owner.Equals(local.SiloAddress)).Select(async owner =>
        {
            using var answer = new PooledBuffer();
            await transport.SendAsync(owner, SiloRequest.Ping, message, answer, timeout.Token).ConfigureAwait(false);
        })).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<bool> ReachesAllAsync(MembershipTable table, CancellationToken cancellationToken)
    {
        foreach (var member in table.Active.Where(row => !MembershipRules.IsSilent(table, row)))
        {
            using var answer = new PooledBuffer();
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(DialTimeout);
            try
            {
                var reply = await transport.SendAsync(member.Address, SiloRequest.Ping, default, answer, timeout.Token).ConfigureAwait(false);
                if (reply.Outcome == Outcome.Answered)
                {
                    continue;
                }

                WaitFor($"member {member.Address} does not answer: {reply.Problem}");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                WaitFor($"member {member.Address} does not answer within {DialTimeout}");
            }

            return false;
        }

        return true;
    }

    private async Task<bool> CleanAsync(MembershipTable table, CancellationToken cancellationToken)
    {
        if (_status != SiloStatus.Active)
        {
            return false;
        }

        if (_reading.Lasts >= MembershipRules.DeadAfter && table.Rows.FirstOrDefault(row => row.Instance != _instance && MembershipRules.IsSilent(table, row)) is { } silent)
        {
            if (await store.TryWriteAsync(new(table.Version, views.Current.Version, [MembershipRules.Dead(table, silent)], silent), cancellationToken).ConfigureAwait(false))
            {
                LogSilent(logger, silent.Address, MembershipRules.DeadAfter);
                _hasNews = true;
            }

            return true;
        }

        var old = MembershipRules.Tombstones(table);
        return old.Length > 0
            && await store.TryWriteAsync(new(table.Version, views.Current.Version, []) { Removed = [.. old.Select(row => row.Endpoint)] }, cancellationToken).ConfigureAwait(false);
    }

    // Without the store: one member after the other, since another may have reached it.
    private async Task AskMemberAsync()
    {
        var others = views.Current.Owners.Where(owner => !owner.Equals(local.SiloAddress)).ToList();
        if (others.Count == 0 || !_registered)
        {
            return;
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        timeout.CancelAfter(DialTimeout);
        try
        {
            if (await ViewCodec.AskAsync(transport, others[_asked++ % others.Count], 0, timeout.Token) is { } view && view.Version > views.Current.Version)
            {
                if (view.Members.Any(EndsThis))
                {
                    Fail("the cluster declared it dead");
                    return;
                }

                // One that has just started may not have heard of this silo yet; the next heartbeat tells it.
                if (_status != SiloStatus.Active || view.HasOwner(local.SiloAddress))
                {
                    views.Publish(view);
                }
            }
        }
        catch (Exception)
        {
            // It hangs, is gone or talks nonsense; the next one is asked in the next turn.
        }
    }

    private bool EndsThis(ViewMember member) => _status == SiloStatus.Active && member.Address.Endpoint.Equals(local.SiloAddress.Endpoint)
        && (member.Address.Equals(local.SiloAddress) ? member.Status == SiloStatus.Dead : member.Address.Generation > local.SiloAddress.Generation);

    private ClusterView WithoutSelf(ClusterView view) =>
        new(view.Version, [.. view.Members.Select(member => member.Address.Equals(local.SiloAddress) ? member with { Status = _status, IsOwner = false } : member)]);

    private void Fail(string reason)
    {
        _status = SiloStatus.None;
        _stop.Cancel();
        LogFailed(logger, local.SiloAddress, reason);
        Failed?.Invoke(reason);
    }

    private void WaitFor(string what)
    {
        if (_lastWait != what && !_stop.IsCancellationRequested)
        {
            _lastWait = what;
            LogWaiting(logger, local.SiloAddress, _status, what);
        }
    }

    [LoggerMessage(EventId = 10050, Level = LogLevel.Warning, Message = "Silo {Silo} ({Status}) waits: {What}")]
    private static partial void LogWaiting(ILogger logger, SiloAddress silo, SiloStatus status, string what);

    [LoggerMessage(EventId = 10051, Level = LogLevel.Critical, Message = "Silo {Silo} stops: {Reason}")]
    private static partial void LogFailed(ILogger logger, SiloAddress silo, string reason);

    [LoggerMessage(EventId = 10052, Level = LogLevel.Warning, Message = "Silo {Silo} is declared dead: no heartbeat for {Silence}")]
    private static partial void LogSilent(ILogger logger, SiloAddress silo, TimeSpan silence);

    [LoggerMessage(EventId = 10053, Level = LogLevel.Warning, Message = "Silo {Silo} is declared dead: it refuses new connections")]
    private static partial void LogRefused(ILogger logger, SiloAddress silo);
}
