using Orleans.Clustering.Redis;
using StackExchange.Redis;

namespace Orleans.Runtime.Membership;

/// <summary>
/// The table as one hash: <c>silo:ip:port</c> is a row, <c>beat:ip:port</c> its heartbeat, <c>version</c> the version. The name carries engine,
/// service and cluster, in the slot of the name that Orleans uses, so that a cluster of the other engine is noticed. Scripts are sent
/// whole each time: nothing has to be remembered about a server that may have been restarted. The client of this version puts no bound
/// on commands, so each has one here. A connection that leaves two commands in a row unanswered is made anew: one whose packets are dropped on
/// the way must not keep this silo's heartbeats away until the others call it dead.
/// </summary>
internal sealed class RedisMembershipStore(IOptions<RedisClusteringOptions> redis, IOptions<ClusterOptions> cluster, TimeProvider clock) : IMembershipStore, IDisposable
{
    private const string Now = "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000) redis.call('PEXPIRE', KEYS[1], 3600000) ";

    private const string ReadScript = Now + """
        if ARGV[1] ~= '' then redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now)) end
        return {now, redis.call('EXISTS', KEYS[2]), redis.call('HGETALL', KEYS[1])}
        """;

    // ARGV: expected version, version to exceed, field that must still have a value, that value, then pairs of field and value ('' removes,
    // 'now' is the time).
    private const string WriteScript = Now + """
        local version = redis.call('HGET', KEYS[1], 'version') or '0'
        if version ~= ARGV[1] or (ARGV[3] ~= '' and (redis.call('HGET', KEYS[1], ARGV[3]) or '') ~= ARGV[4]) then return 0 end
        redis.call('HSET', KEYS[1], 'version', string.format('%.0f', math.max(tonumber(version) + 1, tonumber(ARGV[2]) + 1, now)))
        for i = 5, #ARGV, 2 do
            local value = ARGV[i + 1]
            if value == 'now' then value = string.format('%.0f', now) end
            if value == '' then redis.call('HDEL', KEYS[1], ARGV[i]) else redis.call('HSET', KEYS[1], ARGV[i], value) end
        end
        return 1
        """;

    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectionPatience = TimeSpan.FromSeconds(5);
    private const int MostUnanswered = 2;

    private readonly RedisKey[] _keys =
    [
        $"{{{cluster.Value.ServiceId}/members/{cluster.Value.ClusterId}}}/BuiltIn",
        $"{cluster.Value.ServiceId}/members/{cluster.Value.ClusterId}",
    ];

    private readonly Lock _gate = new();
    private Task<ConnectionMultiplexer>? _connection;
    private long _worked = clock.GetTimestamp();
    private int _unanswered;

    public TimeSpan HeartbeatPeriod { get; } = TimeSpan.FromMilliseconds(500);

    public async Task<MembershipTable> ReadAsync(IPEndPoint? heartbeat, CancellationToken cancellationToken)
    {
        var answer = (RedisResult[])await EvaluateAsync(ReadScript, [heartbeat is null ? "" : Beat(heartbeat)], cancellationToken).ConfigureAwait(false);
        var pairs = (RedisValue[])answer[2];
        var fields = new Dictionary<string, RedisValue>(StringComparer.Ordinal);
        for (var index = 0; index + 1 < pairs.Length; index += 2)
        {
            fields[pairs[index]!] = pairs[index + 1];
        }

        var rows = fields.Where(field => field.Key.StartsWith("silo:", StringComparison.Ordinal)).Select(field => ReadRow(field.Value!)).OfType<SiloRow>()
            .Select(row => row with { Heartbeat = (long?)fields.GetValueOrDefault(Beat(row.Endpoint)) ?? 0 });
        return new((long?)fields.GetValueOrDefault("version") ?? 0, (long)answer[0], (long)answer[1] == 1, [.. rows]);
    }

    public async Task<bool> TryWriteAsync(MembershipWrite write, CancellationToken cancellationToken)
    {
        var arguments = new List<RedisValue>
        {
            write.ExpectedVersion,
            write.MinVersion,
            write.Silent is { } silent ? Beat(silent.Endpoint) : "",
            write.Silent?.Heartbeat.ToString(CultureInfo.InvariantCulture) ?? "",
        };
        foreach (var row in write.Rows)
        {
            arguments.AddRange(["silo:" + row.Endpoint, JsonSerializer.Serialize(row)]);
        }

        if (write.Heartbeat is { } heartbeat)
        {
            arguments.AddRange([Beat(heartbeat), "now"]);
        }

        foreach (var endpoint in write.Removed)
        {
            arguments.AddRange(["silo:" + endpoint, "", Beat(endpoint), ""]);
        }

        return (long)await EvaluateAsync(WriteScript, [.. arguments], cancellationToken).ConfigureAwait(false) == 1;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            Abandon(_connection);
            _connection = null;
        }
    }

    private static string Beat(IPEndPoint endpoint) => "beat:" + endpoint;

    // A row that cannot be read is none of ours.
    private static SiloRow? ReadRow(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<SiloRow>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<RedisResult> EvaluateAsync(string script, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        var connection = Connect();
        try
        {
            var multiplexer = await connection.WaitAsync(ConnectionPatience, clock, cancellationToken).ConfigureAwait(false);
            var result = await multiplexer.GetDatabase().ScriptEvaluateAsync(script, _keys, arguments, CommandFlags.NoScriptCache)
                .WaitAsync(CommandTimeout, clock, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _worked, clock.GetTimestamp());
            Volatile.Write(ref _unanswered, 0);
            return result;
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            lock (_gate)
            {
                if (ReferenceEquals(_connection, connection) && IsUnusable(connection, problem))
                {
                    Abandon(connection);
                    _connection = null;
                }
            }

            throw;
        }
    }

    // An error is an answer, too.
    private bool IsUnusable(Task<ConnectionMultiplexer> connection, Exception problem) =>
        (connection.IsCompletedSuccessfully && problem is TimeoutException && Interlocked.Increment(ref _unanswered) >= MostUnanswered)
        || connection.IsFaulted
        || clock.GetElapsedTime(Volatile.Read(ref _worked)) > ConnectionPatience;

    private Task<ConnectionMultiplexer> Connect()
    {
        lock (_gate)
        {
            if (_connection is null)
            {
                var options = redis.Value.ConfigurationOptions!.Clone();
                options.AbortOnConnectFail = true;
                Volatile.Write(ref _worked, clock.GetTimestamp());
                Volatile.Write(ref _unanswered, 0);
                _connection = Task.Run(() => ConnectionMultiplexer.ConnectAsync(options));
            }

            return _connection;
        }
    }

    // Disposing waits for threads of the client.
    private static void Abandon(Task<ConnectionMultiplexer>? connection) => _ = connection?.ContinueWith(
        static done => done.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
}
