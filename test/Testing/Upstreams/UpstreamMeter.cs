using System.Collections.Concurrent;
using System.Diagnostics;

namespace Gateway.Testing.Upstreams;

/// <summary>Counts, where a provider would, what arrives and how much of it is in work at once.</summary>
public sealed class UpstreamMeter
{
    private readonly ConcurrentQueue<TimeSpan> arrivals = new();
    private readonly long began = Stopwatch.GetTimestamp();
    private readonly Lock gate = new();
    private readonly List<(int Number, TaskCompletionSource Arrived)> awaited = [];

    public int Arrived => arrivals.Count;

    public int InWork { get; private set; }

    /// <summary>The most that was in work at one time.</summary>
    public int Peak { get; private set; }

    /// <summary>By the clock of <see cref="ArrivedBetween"/>.</summary>
    public TimeSpan Now => Stopwatch.GetElapsedTime(began);

    /// <summary>Ends when so many have arrived.</summary>
    public Task UntilArrivedAsync(int number)
    {
        lock (gate)
        {
            var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            awaited.Add((number, arrived));
            TellOfArrivals();
            return arrived.Task;
        }
    }

    public int ArrivedBetween(TimeSpan from, TimeSpan to) => arrivals.Count(at => at >= from && at < to);

    /// <summary>The same script, counted.</summary>
    public UpstreamReply Over(UpstreamReply reply) => async exchange =>
    {
        Arrive();
        try
        {
            await reply(exchange);
        }
        finally
        {
            Leave();
        }
    };

    /// <summary>The most that arrived within any stretch of this length.</summary>
    public int MostWithin(TimeSpan stretch)
    {
        var times = arrivals.Order().ToArray();
        var (most, first) = (0, 0);
        for (var last = 0; last < times.Length; last++)
        {
            while (times[last] - times[first] >= stretch)
            {
                first++;
            }

            most = Math.Max(most, last - first + 1);
        }

        return most;
    }

    // In one step: who waits for arrivals counts what is in work next.
    private void Arrive()
    {
        lock (gate)
        {
            arrivals.Enqueue(Now);
            InWork++;
            Peak = Math.Max(Peak, InWork);
            TellOfArrivals();
        }
    }

    private void Leave()
    {
        lock (gate)
        {
            InWork--;
        }
    }

    private void TellOfArrivals()
    {
        foreach (var waiter in awaited.Where(waiter => arrivals.Count >= waiter.Number).ToList())
        {
            awaited.Remove(waiter);
            waiter.Arrived.SetResult();
        }
    }
}
