using System.Collections.Concurrent;
using Gateway.Testing.Fuzzing.Requests;
using Gateway.Testing.Fuzzing.Upstreams;

namespace Gateway.Fuzz.Oracles;

/// <summary>The upstream of all entries: it judges each request and answers it with its case's script.</summary>
internal sealed class UpstreamSide(Action<Finding> report)
{
    private readonly ConcurrentDictionary<string, CaseWatch> running = new();

    /// <summary>Set once the first case is known; says whether a case that has ended may still arrive because its caller left.</summary>
    public Func<string, bool> MayComeLate { get; set; } = _ => false;

    public CaseWatch Watch(Cases.FuzzCase subject)
    {
        var watch = new CaseWatch(subject);
        running[subject.Id] = watch;
        return watch;
    }

    public void Forget(CaseWatch watch) => running.TryRemove(watch.Case.Id, out _);

    public async Task ReplyAsync(UpstreamExchange exchange)
    {
        var id = exchange.Request[RequestText.CaseHeader];
        if (id is null || !running.TryGetValue(id, out var watch))
        {
            if (id is null || !MayComeLate(id))
            {
                report(new Finding(null, $"A request of no running case reached an upstream: {exchange.Request.Target}, case '{id}'."));
            }

            await Replies.Status(400)(exchange);
            return;
        }

        string? wrong;
        bool askedForUsage;
        try
        {
            wrong = ArrivalOracle.Judge(watch.Case, exchange.Request, out askedForUsage);
        }
        catch (Exception failure)
        {
            (wrong, askedForUsage) = ($"The body that arrived cannot be judged: {failure}", false);
        }

        var attempt = watch.Arrived(wrong, askedForUsage);
        if (watch.Case.Scripts.Count == 0)
        {
            await Replies.Status(400)(exchange);
            return;
        }

        var script = watch.Case.ScriptFor(attempt);
        foreach (var bytes in script.Writes)
        {
            await exchange.WriteAsync(bytes);
        }

        switch (script.Ending)
        {
            case UpstreamEnding.Close:
                exchange.Finish();
                break;
            case UpstreamEnding.Reset:
                exchange.Reset();
                break;
            case UpstreamEnding.Silence:
                await exchange.UntilClientLeavesAsync();
                break;
            default:
                break;
        }
    }
}
