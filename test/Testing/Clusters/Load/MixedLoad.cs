using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Testing.Processes;

namespace Gateway.Testing.Clusters.Load;

/// <summary>
/// Callers of a cluster at a fixed rate. A key that one front-end made is used at once on another, so that half of the calls need what a
/// node does not have yet. A call has failed when it is not answered with success, or when a stream ends before its end.
/// </summary>
public sealed class MixedLoad : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly ClusterRig rig;
    private readonly LoadPlan plan;
    private readonly Random random;
    private readonly string key;
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 1_000 }) { Timeout = TimeSpan.FromSeconds(60) };
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentBag<FailedCall> failed = [];
    private readonly ConcurrentDictionary<int, Task> running = new();
    private readonly Lock gate = new();
    private readonly long began = Stopwatch.GetTimestamp();
    private readonly Task sending;
    private readonly ConcurrentBag<(TimeSpan From, TimeSpan To)> excused = [];
    private int calls;
    private TimeSpan longest;
    private CallKind slowest;

    private MixedLoad(ClusterRig rig, LoadPlan plan, string key)
    {
        (this.rig, this.plan, this.key) = (rig, plan, key);
        random = new Random(plan.Seed);
        FrontEnds = [.. rig.FrontEnds];
        sending = SendAsync();
    }

    /// <summary>Those that are called; one that is taken out gets no new calls.</summary>
    public IReadOnlyList<FrontEndPart> FrontEnds { get; set; }

    public static async Task<MixedLoad> StartAsync(ClusterRig rig, LoadPlan plan)
    {
        // One call of a kind to each node first: what is measured is a cluster at work, not its compilers.
        var key = "";
        foreach (var frontEnd in rig.FrontEnds.Where(frontEnd => frontEnd.IsRunning))
        {
            (_, key) = await frontEnd.CreateKeyAsync($"load-{plan.Seed}");
            await frontEnd.ChatStatusAsync(plan.Model, key);
        }

        return new MixedLoad(rig, plan, key);
    }

    /// <summary>Calls that were under way while somebody was killed may fail: he may have served them.</summary>
    public async Task ExcuseWhatIsUnderWayAsync(Func<Task> kill)
    {
        var from = Stopwatch.GetElapsedTime(began);
        await kill();
        excused.Add((from, Stopwatch.GetElapsedTime(began)));
    }

    /// <summary>Calls ended so far and what became of them.</summary>
    public LoadReport Report()
    {
        lock (gate)
        {
            return new LoadReport(calls, [.. failed.Select(call => call with { Excused = excused.Any(kill => call.At <= kill.To && call.At + call.Waited >= kill.From) }).OrderBy(call => call.At)], longest, slowest);
        }
    }

    /// <summary>Sends nothing more, waits for what is under way.</summary>
    public async Task<LoadReport> StopAsync()
    {
        await stop.CancelAsync();
        await sending;
        await Task.WhenAll(running.Values);
        return Report();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        client.Dispose();
        stop.Dispose();
    }

    private async Task SendAsync()
    {
        var sent = 0;
        while (!stop.IsCancellationRequested)
        {
            for (; sent < Stopwatch.GetElapsedTime(began).TotalSeconds * plan.Rate; sent++)
            {
                Begin(sent);
            }

            await Task.Delay(Tick, TimeProvider.System, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Begin(int number)
    {
        var frontEnds = FrontEnds;
        var first = random.Next(frontEnds.Count);
        var second = frontEnds[(first + 1 + random.Next(Math.Max(1, frontEnds.Count - 1))) % frontEnds.Count];
        var makesKey = random.NextDouble() < plan.NewKeys;
        var streams = random.NextDouble() < plan.Streams;

        // A made key and its first use are two calls: half as many of them are begun.
        if (makesKey && random.Next(2) == 0)
        {
            return;
        }

        // Not stopped with the load: what is under way is waited for, since its end is what counts.
        running[number] = Task.Run(async () =>
        {
            if (makesKey)
            {
                var made = await MakeKeyAsync(frontEnds[first], number);
                if (made is not null)
                {
                    await AskAsync(CallKind.FirstUse, Target(second), made, stream: false);
                }
            }
            else
            {
                await AskAsync(streams ? CallKind.Stream : CallKind.Chat, Target(frontEnds[first]), key, streams);
            }

            running.TryRemove(number, out _);
        }, CancellationToken.None);
    }

    private string Target(FrontEndPart frontEnd) => plan.ThroughNginx ? rig.Nginx!.Origin : frontEnd.Origin;

    private async Task<string?> MakeKeyAsync(FrontEndPart frontEnd, int number)
    {
        string? made = null;
        await CallAsync(CallKind.MakeKey, frontEnd.Name, async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, frontEnd.AdminOrigin + "/admin/keys") { Content = JsonContent.Create(new JsonObject { ["name"] = $"load-{plan.Seed}-{number}" }) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", rig.AdminKey);
            using var answer = await client.SendAsync(request, CancellationToken.None);
            var text = await answer.Content.ReadAsStringAsync(CancellationToken.None);
            made = answer.StatusCode == HttpStatusCode.Created ? JsonNode.Parse(text)!["key"]!.GetValue<string>() : null;
            return made is null ? $"{(int)answer.StatusCode} {text}" : null;
        });
        return made;
    }

    private Task AskAsync(CallKind kind, string origin, string credential, bool stream) => CallAsync(kind, origin, async () =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, origin + "/v1/chat/completions")
        {
            Content = new StringContent(Callers.ChatBody(plan.Model, stream), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, CancellationToken.None);
        var text = await answer.Content.ReadAsStringAsync(CancellationToken.None);
        return answer.StatusCode != HttpStatusCode.OK ? $"{(int)answer.StatusCode} {text}"
            : stream && !text.TrimEnd().EndsWith("[DONE]", StringComparison.Ordinal) ? $"the stream ended early: {text}"
            : null;
    });

    private async Task CallAsync(CallKind kind, string target, Func<Task<string?>> call)
    {
        var started = Stopwatch.GetTimestamp();
        string? problem;
        try
        {
            problem = await call();
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            problem = exception.GetBaseException().Message;
        }

        var waited = Stopwatch.GetElapsedTime(started);
        if (problem is not null)
        {
            failed.Add(new FailedCall(kind, target, Stopwatch.GetElapsedTime(began, started), waited, problem));
        }

        lock (gate)
        {
            calls++;
            if (waited > longest)
            {
                (longest, slowest) = (waited, kind);
            }
        }
    }
}
