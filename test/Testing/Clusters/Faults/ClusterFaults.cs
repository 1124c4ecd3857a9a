using System.Collections.Immutable;
using Gateway.Testing.Clusters.Load;
using Gateway.Testing.Processes;

namespace Gateway.Testing.Clusters.Faults;

/// <summary>The faults that a cluster is made to stand.</summary>
public static class ClusterFaults
{
    private static readonly TimeSpan Lull = TimeSpan.FromSeconds(2);

    // A key can neither be made nor looked up for the first time without the database.
    private static readonly CallKind[] NeedingDatabase = [CallKind.MakeKey, CallKind.FirstUse];

    public static ClusterFault SiloKilled { get; } = new("a silo is killed and comes back", [], async (rig, _, random) =>
    {
        var silo = AnyOf(rig.Silos, random);
        await silo.KillAsync();
        await PauseAsync(Lull);
        await silo.StartAsync();
    });

    public static ClusterFault EverySiloKilledInTurn { get; } = new("silos are killed and restarted one after another", [], async (rig, _, _) =>
    {
        foreach (var silo in rig.Silos)
        {
            await silo.KillAsync();
            await PauseAsync(Lull);
            await silo.StartAsync();
        }
    });

    public static ClusterFault SiloStopped { get; } = new("a silo is stopped in order and comes back", [], async (rig, _, random) => await RestartAsync(AnyOf(rig.Silos, random)));

    public static ClusterFault RollingRestart { get; } = new("every silo and front-end is restarted in order", [], RollAsync) { NeedsNginx = true };

    public static ClusterFault FrontEndStopped { get; } = new("a front-end is stopped in order and comes back", [], async (rig, load, random) =>
        await RestartFrontEndAsync(AnyOf(rig.FrontEnds, random), load)) { NeedsNginx = true };

    /// <summary>Only what it was working on may fail.</summary>
    public static ClusterFault FrontEndKilled { get; } = new("a front-end is killed and comes back", [], async (rig, load, random) =>
    {
        var frontEnd = AnyOf(rig.FrontEnds, random);
        load.FrontEnds = [.. load.FrontEnds.Where(other => other != frontEnd)];
        await load.ExcuseWhatIsUnderWayAsync(frontEnd.KillAsync);
        await PauseAsync(Lull);
        await frontEnd.StartAsync();
        load.FrontEnds = [.. load.FrontEnds, frontEnd];
    }) { NeedsNginx = true };

    public static ClusterFault RedisKilled { get; } = RedisAway(Lull);

    public static ClusterFault RedisRolledBack { get; } = new("Redis comes back with an old dump", [], async (rig, _, random) =>
    {
        await rig.Redis.CommandAsync("SAVE");
        await RestartAsync(AnyOf(rig.Silos, random));
        await rig.Redis.RestartAsync(keepSaved: true);
        await PauseAsync(Lull);
    });

    public static ClusterFault RedisFrozen { get; } = new("Redis hangs", [], async (rig, _, _) =>
    {
        rig.Redis.Freeze();
        await PauseAsync(3 * Lull);
        rig.Redis.Thaw();
        await PauseAsync(Lull);
    });

    public static ClusterFault SiloKilledWithoutRedis { get; } = new("a silo is killed while Redis is down", NeedingDatabase, async (rig, _, random) =>
    {
        var silo = AnyOf(rig.Silos, random);
        await rig.Redis.KillAsync();
        await PauseAsync(Lull / 2);
        await silo.KillAsync();
        await PauseAsync(Lull);
        await rig.Redis.RestartAsync();
        await silo.StartAsync();
    });

    public static ClusterFault DatabaseRestarted { get; } = new("PostgreSQL is restarted", NeedingDatabase, async (rig, _, _) =>
    {
        await rig.Postgres.StopAsync();
        await rig.Postgres.StartAgainAsync();
        await PauseAsync(Lull);
    });

    /// <summary>All that leave no caller with a failure but as they say.</summary>
    public static ImmutableArray<ClusterFault> All { get; } =
    [
        SiloKilled, EverySiloKilledInTurn, SiloStopped, RollingRestart, FrontEndStopped, FrontEndKilled, RedisKilled, RedisAway(TimeSpan.FromSeconds(20)), RedisRolledBack, RedisFrozen, SiloKilledWithoutRedis, DatabaseRestarted,
        SiloHung(TimeSpan.FromSeconds(1)), SiloHung(TimeSpan.FromSeconds(5)), SiloHung(TimeSpan.FromSeconds(30)),
    ];

    public static ClusterFault RedisAway(TimeSpan time) => new($"Redis is killed and comes back empty after {time.TotalSeconds:0} s", [], async (rig, _, _) =>
    {
        await rig.Redis.KillAsync();
        await PauseAsync(time);
        await rig.Redis.RestartAsync();
        await PauseAsync(Lull);
    });

    public static ClusterFault SiloHung(TimeSpan time) => new($"a silo hangs for {time.TotalSeconds:0} s", [], async (rig, _, random) =>
    {
        var silo = AnyOf(rig.Silos, random);
        silo.Pause();
        await PauseAsync(time);
        silo.Resume();
        await HealAsync(silo);
    });

    /// <summary>Half of the cluster and then all of it runs this version, after all of it ran another.</summary>
    /// <param name="programs">Folder of the other version's build, laid out as this one's.</param>
    public static ClusterFault Upgrade(string programs) => new("the cluster is upgraded while it serves", [], async (rig, load, random) =>
    {
        var present = rig.Parts.ToDictionary(part => part, part => part.Program);
        await RunAsync(part => Path.Combine(programs, Path.GetRelativePath(Programs.Folder, present[part])));
        await RunAsync(part => present[part]);

        async Task RunAsync(Func<ClusterPart, string> program)
        {
            foreach (var part in rig.Parts)
            {
                part.Program = program(part);
            }

            await RollAsync(rig, load, random);
        }
    }) { NeedsNginx = true };

    /// <summary>Stops every part in order and starts it with what it is told to run then.</summary>
    private static async Task RollAsync(ClusterRig rig, MixedLoad load, Random random)
    {
        foreach (var silo in rig.Silos)
        {
            await RestartAsync(silo);
        }

        foreach (var frontEnd in rig.FrontEnds)
        {
            await RestartFrontEndAsync(frontEnd, load);
        }
    }

    private static async Task RestartFrontEndAsync(FrontEndPart frontEnd, MixedLoad load)
    {
        // Its admin address is called directly: whoever operates it knows that it is going.
        load.FrontEnds = [.. load.FrontEnds.Where(other => other != frontEnd)];
        await RestartAsync(frontEnd);
        load.FrontEnds = [.. load.FrontEnds, frontEnd];
    }

    private static async Task RestartAsync(ClusterPart part)
    {
        await part.StopAsync();
        await part.StartAsync();
    }

    /// <summary>A silo that was declared dead meanwhile ends itself; its supervisor starts it anew.</summary>
    private static async Task HealAsync(SiloPart silo)
    {
        await PauseAsync(Lull);
        if (!silo.IsRunning)
        {
            await silo.LaunchAsync();
        }

        await silo.UntilReadyAsync();
    }

    private static TPart AnyOf<TPart>(ImmutableArray<TPart> parts, Random random) => parts[random.Next(parts.Length)];

    private static Task PauseAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System);
}
