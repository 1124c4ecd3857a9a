using System.Diagnostics;
using System.Threading.Channels;
using Gateway.Abstractions.Usage;
using Gateway.Api.Usage.Journal;
using Gateway.Silo.Settings;
using Gateway.Storage.Ledger;
using Gateway.Testing;

namespace Gateway.Bench.Ledger;

/// <summary>What a request pays for its two entries: under one lock, as the gateway does it, and by way of a writer thread.</summary>
internal static class JournalSection
{
    private const int Requests = 300_000;

    private static readonly UsageIntent Intent = new()
    {
        Id = Guid.CreateVersion7(), User = "user:local/alice", Key = "key:0123456789abcdef", Groups = ["local/staff", "local/physics"], Project = "local/physics", Model = "gpt-oss-120b",
        Endpoint = "sophia-vllm", Operation = "chat/completions", IsStreamed = true, Reserved = new TokenUsage { Input = 900, Output = 1000 }, ReservedNanoUsd = 1_000_000, PriceVersion = "2026-11",
        Charges = [Charge("user:local/alice", "tokens_per_minute"), Charge("user:local/alice", "requests_per_minute"), Charge("group:local/physics", "budget/usd/month")],
    };

    private static readonly UsageOutcome Outcome = new()
    {
        Status = 200, Endpoint = "sophia-vllm", Attempts = [new UsageAttempt { Endpoint = "sophia-vllm", Status = 200, DurationMilliseconds = 1200 }], Usage = new TokenUsage { Input = 850, Output = 312 },
        CostNanoUsd = 512_345, FirstByteMilliseconds = 140, DurationMilliseconds = 1240, Charges = Intent.Charges,
    };

    public static async Task RunAsync()
    {
        using var folder = new TempFolder();
        using var journal = UsageJournal.Open(new JournalOptions { MaxBytes = 8L << 30 }, folder.File("journal"), "bench", "node");
        One(journal, Requests / 10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var (perSecond, p50, p99) = One(journal, Requests);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before - (Requests * sizeof(long));
        Console.WriteLine($"journal, one thread: {perSecond * 2:N0} entries/s, p50 {p50:0.00} µs, p99 {p99:0.00} µs for both entries of a request; {(double)allocated / Requests:0.0} bytes allocated a request");
        foreach (var threads in (int[])[2, 8])
        {
            Console.WriteLine($"journal, {threads} threads: {Many(threads, () => One(journal, Requests / threads)):N0} requests/s");
        }

        Console.WriteLine($"a writer thread behind a channel instead (ends of requests wait for it), 64 waiters: {await WriterThreadAsync(folder.File("channel")):N0} requests/s");
    }

    private static (double PerSecond, double P50, double P99) One(UsageJournal journal, int count)
    {
        var ticks = new long[count];
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            if (!journal.TryBegin(Intent, out var ticket))
            {
                throw new InvalidOperationException($"The journal is {journal.State}.");
            }

            journal.Complete(ticket, Outcome);
            ticks[i] = Stopwatch.GetTimestamp() - begin;
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Array.Sort(ticks);
        return (count / seconds, Micro(ticks[count / 2]), Micro(ticks[count * 99 / 100]));
    }

    private static double Micro(long ticks) => ticks * 1e6 / Stopwatch.Frequency;

    private static double Many(int count, Action work)
    {
        var started = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, count).Select(_ => new Thread(() => work())).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return Requests / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<double> WriterThreadAsync(string path)
    {
        var channel = Channel.CreateUnbounded<TaskCompletionSource>(new UnboundedChannelOptions { SingleReader = true });
        var entry = new byte[300];
        var writer = Task.Run(async () =>
        {
            using var handle = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
            var offset = 0L;
            var batch = new List<TaskCompletionSource>();
            while (await channel.Reader.WaitToReadAsync())
            {
                batch.Clear();
                while (batch.Count < 64 && channel.Reader.TryRead(out var waiter))
                {
                    batch.Add(waiter);
                }

                await RandomAccess.WriteAsync(handle, batch.Select(_ => (ReadOnlyMemory<byte>)entry).ToArray(), offset);
                offset += batch.Count * entry.Length;
                batch.ForEach(waiter => waiter.SetResult());
            }
        });
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Requests / 64 * 2; i++)
            {
                var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                channel.Writer.TryWrite(waiter);
                await waiter.Task;
            }
        })));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        channel.Writer.Complete();
        await writer;
        return Requests / seconds;
    }

    private static Charge Charge(string subject, string window) => new() { Subject = subject, Epoch = 3, WindowId = window, Period = 1_790_000_000_000, Amount = 1200 };
}
