using System.Diagnostics;
using Gateway.Abstractions.Limits;
using Gateway.Grains.Tests.Limits.Support;
using Gateway.Storage;
using Gateway.Storage.Sql.Postgres;
using Gateway.Testing.Databases;

namespace Gateway.Grains.Tests.Limits;

/// <summary>How long an admission takes with its claim, through the engine and into a database. Printed; the only thing asserted is that all of them were answered.</summary>
public sealed class AdmissionTimes(ITestOutputHelper output)
{
    private const int Subjects = 250;

    [Fact]
    public async Task With_Sqlite()
    {
        using var folder = new TempFolder();
        await MeasureAsync("SQLite", options => options.SqlitePath = folder.File("gateway.db"));
    }

    [Fact]
    public async Task With_PostgreSql()
    {
        await using var server = await PostgresServer.StartAsync();
        PostgresTarget.TryParse(server.Url(), out var target, out _).Should().BeTrue();
        await MeasureAsync("PostgreSQL", options => options.Postgres = target);
    }

    private async Task MeasureAsync(string store, Action<StorageOptions> database)
    {
        await using var cluster = await LimitCluster.StartAsync(database);
        var few = Calls.Limits(LimitBench.PerMinute(6));
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await MeasureOneByOneAsync(cluster, few, $"warm-{_}");
        }

        var (first, next) = await MeasureOneByOneAsync(cluster, few, "cold");
        output.WriteLine($"{store}: {Subjects} subjects with 6 a minute, one call after the other: first call {Percentiles(first)}, next calls {Percentiles(next)}");

        var hot = Calls.Limits(LimitBench.PerMinute(60));
        var started = Stopwatch.GetTimestamp();
        var answers = await Task.WhenAll(Enumerable.Range(0, 2_000).Select(call => cluster.Subject("hot").Acquire(Calls.Acquire(hot, $"session-{call % 3}", 1 + (call / 3)))));
        output.WriteLine($"{store}: {answers.Length / Stopwatch.GetElapsedTime(started).TotalSeconds:0} admissions/s for one subject with 60 a minute, {answers.Count(answer => answer.Refusal is null)} granted");

        started = Stopwatch.GetTimestamp();
        var granted = 0;
        var number = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 1_000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (subject, _) =>
        {
            var answer = await cluster.Subject($"many-{subject}").Acquire(Calls.Acquire(few, "session", 1));
            Interlocked.Add(ref granted, answer.Refusal is null ? 1 : 0);
            Interlocked.Increment(ref number);
        });
        output.WriteLine($"{store}: {number / Stopwatch.GetElapsedTime(started).TotalSeconds:0} admissions/s for 1,000 new subjects, 16 at once, {granted} granted");
        number.Should().Be(1_000);
    }

    private static async Task<(List<double> First, List<double> Next)> MeasureOneByOneAsync(LimitCluster cluster, SubjectLimits limits, string name)
    {
        var (first, next) = (new List<double>(), new List<double>());
        for (var call = 1; call <= 3; call++)
        {
            for (var subject = 0; subject < Subjects; subject++)
            {
                var message = Calls.Acquire(limits, "session", call);
                var started = Stopwatch.GetTimestamp();
                await cluster.Subject($"{name}-{subject}").Acquire(message);
                (call == 1 ? first : next).Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        return (first, next);
    }

    private static string Percentiles(List<double> times)
    {
        times.Sort();
        return $"p50 {times[times.Count / 2]:0.00} ms, p99 {times[times.Count * 99 / 100]:0.00} ms";
    }
}
