using System.Collections.Immutable;
using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Limits;

/// <summary>Something that happens while a caller's requests are being admitted.</summary>
/// <param name="Name">For people: a few words.</param>
/// <param name="PrepareAsync">Looks up beforehand what it takes, such as the owner; what it returns makes it happen at once.</param>
public sealed record LimitFault(string Name, Func<SharedCluster, LimitedCaller, Task<Func<Task>>> PrepareAsync)
{
    /// <summary>Calls may be left without an answer.</summary>
    public bool CutsCalls { get; init; }

    public static LimitFault OwnerKilled { get; } = new("the owning silo is killed", async (_, caller) => (await caller.OwnerAsync()).KillAsync);

    /// <summary>The owner hangs until another silo has activated the grain, and goes on with its own: of the calls that wait in its connections too.</summary>
    public static LimitFault TwoActivations { get; } = new("two activations are alive", async (_, caller) =>
    {
        var owner = await caller.OwnerAsync();
        var first = await ActivatedAtAsync(caller);
        return async () =>
        {
            owner.Pause();
            try
            {
                await Eventually.TrueAsync(async () => await ActivatedAtAsync(caller) is { } now && now != first, "another silo has the grain", Promises.Failover);
            }
            finally
            {
                owner.Resume();
            }
        };
    });

    public static LimitFault FrontEndKilled { get; } = new("a front-end is killed", (shared, _) => Task.FromResult(shared.B.KillAsync)) { CutsCalls = true };

    public static LimitFault RedisEmptied { get; } = new("Redis is emptied", (shared, _) => Task.FromResult<Func<Task>>(() => shared.Rig.Redis.CommandAsync("FLUSHALL")));

    public static LimitFault DatabaseRestarted { get; } = new("PostgreSQL is restarted", (shared, _) => Task.FromResult<Func<Task>>(async () =>
    {
        await shared.Rig.Postgres.StopAsync();
        await shared.Rig.Postgres.StartAgainAsync();
    }));

    public static ImmutableArray<LimitFault> All { get; } = [OwnerKilled, TwoActivations, FrontEndKilled, RedisEmptied, DatabaseRestarted];

    public override string ToString() => Name;

    private static async Task<string?> ActivatedAtAsync(LimitedCaller caller) => (await caller.DescribeAsync())["activated_at"]?.GetValue<string>();
}
