using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Gateway.Fuzz.Cases;
using Gateway.Fuzz.Oracles;
using Gateway.Fuzz.World;
using Gateway.Testing.Fuzzing.Manifests;

namespace Gateway.Fuzz.Run;

/// <summary>Runs the cases of a seed against one gateway until the first finding.</summary>
/// <remarks>
/// 1. Callers take numbers one after the other; each makes its case from seed and number alone, sends it, and judges the answer.
/// 2. One number in some thousands changes a manifest under the running gateway.
/// 3. Every second the log is read; memory is measured along the way.
/// 4. At the end at least 30 % must have got through parsing: a fuzzer that is always refused at the door tests the door.
/// </remarks>
internal sealed class FuzzRun(FuzzOptions options, Action<string> say)
{
    private const double LeastPassed = 30;
    private const int ManifestChangeEvery = 5_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<Finding> findings = new();
    private long taken;

    public Distribution Distribution { get; } = new();

    /// <returns>Empty: nothing was found.</returns>
    public async Task<IReadOnlyList<Finding>> RunAsync()
    {
        var upstream = new UpstreamSide(finding => Report(finding));
        await using var world = await FuzzWorld.StartAsync(upstream.ReplyAsync);
        var factory = new CaseFactory(options.Seed, world.Credentials, world.Secrets);
        upstream.MayComeLate = id => MayComeLate(factory, id);
        taken = (options.Case ?? 1) - 1;
        var last = options.Case ?? options.Cases;
        var memory = MemoryWatch.Of(world.Gateway.Process.Id);
        var log = new LogWatch(world);
        var began = Stopwatch.GetTimestamp();
        var callers = Task.WhenAll(Enumerable.Range(0, options.Callers).Select(number => Task.Run(() => CallAsync(world, upstream, factory, number, last))));
        await ObserveAsync(callers, memory, log, last, began);
        await callers;
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        say(Distribution.ToString());
        say(string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s, {Distribution.Total / seconds:0} cases/s; {memory}"));
        JudgeWhole(memory, log);
        return [.. findings];
    }

    private void JudgeWhole(MemoryWatch memory, LogWatch log)
    {
        if (log.Problem() is { } logged)
        {
            Report(new Finding(null, logged));
        }

        // Of one case, or of a run that was broken off, there is nothing more to say.
        if (options.Case is not null || !findings.IsEmpty)
        {
            return;
        }

        if (memory.Problem is { } grown)
        {
            Report(new Finding(null, grown));
        }

        if (Distribution.PassedShare < LeastPassed)
        {
            Report(new Finding(null, $"Only {Distribution.PassedShare:0.0} % got through parsing."));
        }
    }

    private void Report(Finding finding)
    {
        findings.Enqueue(finding);
        if (findings.Count >= options.Findings)
        {
            enough.TrySetResult();
        }
    }

    private async Task CallAsync(FuzzWorld world, UpstreamSide upstream, CaseFactory factory, int caller, long last)
    {
        using var runner = new CaseRunner(world, upstream, caller);
        while (!enough.Task.IsCompleted && Interlocked.Increment(ref taken) is var number && number <= last)
        {
            try
            {
                var random = factory.RandomOf(number);
                var changesManifest = number % ManifestChangeEvery == 0;
                var family = changesManifest ? CaseFamily.Manifest : CaseFactory.FamilyOf(random);
                var verdict = changesManifest ? await ChangeManifestAsync(world, random)
                    : family is CaseFamily.Manifest ? ManifestCase.Run(random)
                    : await runner.RunAsync(factory.Create(number, random, family));
                Distribution.Add(family, verdict);
                if (verdict.Problem is { } problem)
                {
                    Report(new Finding(number.ToString(CultureInfo.InvariantCulture), problem));
                }
            }
            catch (Exception failure)
            {
                Report(new Finding(number.ToString(CultureInfo.InvariantCulture), $"The case could not be run: {failure}"));
            }
        }
    }

    private static async Task<Verdict> ChangeManifestAsync(FuzzWorld world, FuzzRandom random)
    {
        var shown = await world.ChangeManifestAsync(ManifestTexts.Manifest(random, ManifestCase.Prefix));
        var served = shown["entries"]!.AsArray().Count;
        return new Verdict("manifest changed while serving", true, served >= FuzzModels.Manifest("http://x").Count ? null : $"Only {served} entries are left after a bad manifest beside the good one.");
    }

    private async Task ObserveAsync(Task callers, MemoryWatch memory, LogWatch log, long last, long began)
    {
        var reported = began;
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        while (!callers.IsCompleted && !enough.Task.IsCompleted)
        {
            await Task.WhenAny(callers, enough.Task, timer.WaitForNextTickAsync().AsTask());
            var bytes = memory.Sample((double)Distribution.Total / last);
            if (Stopwatch.GetElapsedTime(reported) < ReportInterval)
            {
                continue;
            }

            reported = Stopwatch.GetTimestamp();
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            say(string.Create(CultureInfo.InvariantCulture, $"{Distribution.Total,9} cases, {Distribution.Total / seconds:0}/s, {Distribution.PassedShare:0.0} % through parsing, {MemoryWatch.Megabytes(bytes)}"));
            if (log.Problem() is { } problem)
            {
                Report(new Finding(null, problem));
            }
        }
    }

    private static bool MayComeLate(CaseFactory factory, string id)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        var random = factory.RandomOf(number);
        var family = CaseFactory.FamilyOf(random);
        return family is not CaseFamily.Manifest && factory.Create(number, random, family) is { Leaves: true } or { Family: CaseFamily.Broken, Expectation: Expectation.Unknown };
    }
}
