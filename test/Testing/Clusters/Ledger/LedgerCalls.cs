using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Gateway.Testing.Processes;
using Gateway.Testing.Upstreams;

namespace Gateway.Testing.Clusters.Ledger;

/// <summary>What a caller saw of one call.</summary>
/// <param name="Id">The gateway's; null: no head of an answer came.</param>
/// <param name="IsDelivered">All of a good answer came.</param>
public sealed record LedgerAnswer(string? Id, HttpStatusCode? Status, bool IsDelivered);

/// <summary>The callers of a ledger run, who all send the same <c>x-request-id</c>.</summary>
internal sealed class LedgerCalls(string model) : IDisposable
{
    public const string ClientId = "always-the-same";

    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 200 }) { Timeout = TimeSpan.FromSeconds(60) };
    private readonly ConcurrentDictionary<string, int> held = new();

    public ConcurrentDictionary<int, LedgerAnswer> Answers { get; } = new();

    /// <summary>Endless streams that the front-end serves now.</summary>
    public int HeldOn(FrontEndPart frontEnd) => held.GetValueOrDefault(frontEnd.Origin);

    /// <summary>So many callers share the calls and send them by turns to each front-end.</summary>
    public Task RunAsync(IEnumerable<int> tags, IReadOnlyList<FrontEndPart> frontEnds, string key, LedgerPlan plan, TimeSpan pause)
    {
        var next = new ConcurrentQueue<int>(tags);
        return Task.WhenAll(Enumerable.Range(0, plan.Callers).Select(async number =>
        {
            for (var turn = number; next.TryDequeue(out var tag); turn++)
            {
                Answers[tag] = await CallAsync(frontEnds[turn % frontEnds.Count].Origin, key, tag, plan.Patience);
                await Task.Delay(pause, TimeProvider.System);
            }
        }));
    }

    public async Task<bool> IsServedAsync(FrontEndPart frontEnd, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{frontEnd.Origin}/v1/models/{model}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await client.SendAsync(request);
        return answer.StatusCode == HttpStatusCode.OK;
    }

    public void Dispose() => client.Dispose();

    private async Task<LedgerAnswer> CallAsync(string origin, string key, int tag, TimeSpan patience)
    {
        var kind = TaggedCall.KindOf(tag);
        string? id = null;
        HttpStatusCode? status = null;
        using var hangUp = kind == TaggedKind.Hung ? new CancellationTokenSource(patience) : new CancellationTokenSource();
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, origin + "/v1/chat/completions") { Content = new StringContent(TaggedCall.Body(model, tag), Encoding.UTF8, "application/json") };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            request.Headers.Add("x-request-id", ClientId);
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, hangUp.Token);
            (id, status) = (answer.Header("x-gateway-request-id"), answer.StatusCode);
            if (kind == TaggedKind.Endless && status == HttpStatusCode.OK)
            {
                await HoldAsync(answer, origin, patience);
                return new LedgerAnswer(id, status, false);
            }

            var text = await answer.Content.ReadAsStringAsync(hangUp.Token);
            return new LedgerAnswer(id, status, status == HttpStatusCode.OK && (!TaggedCall.IsStreamed(tag) || text.EndsWith(OpenAiBodies.Done, StringComparison.Ordinal)));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            return new LedgerAnswer(id, status, false);
        }
    }

    private async Task HoldAsync(HttpResponseMessage answer, string origin, TimeSpan patience)
    {
        await using var body = await answer.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[10]);
        held.AddOrUpdate(origin, 1, (_, count) => count + 1);
        await Task.Delay(patience, TimeProvider.System);
        held.AddOrUpdate(origin, 0, (_, count) => count - 1);
    }
}
