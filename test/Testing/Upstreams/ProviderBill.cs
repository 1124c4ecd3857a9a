using System.Text.Json;

namespace Gateway.Testing.Upstreams;

/// <summary>What a provider would bill for its answers, in USD: each is as long as the request wants and may be, unary or streamed as asked.</summary>
/// <param name="perInputToken">USD.</param>
/// <param name="perOutputToken">USD.</param>
/// <param name="wanted">Output tokens of the answer if nothing caps it.</param>
public sealed class ProviderBill(decimal perInputToken, decimal perOutputToken, Func<ReceivedRequest, int> wanted)
{
    /// <summary>Of every request.</summary>
    public const int InputTokens = 20;

    private readonly Lock gate = new();
    private decimal spent;

    public decimal Spent
    {
        get
        {
            lock (gate)
            {
                return spent;
            }
        }
    }

    /// <summary>Requests that came without a maximum.</summary>
    public int Uncapped { get; private set; }

    public int Answers { get; private set; }

    public Task AnswerAsync(UpstreamExchange exchange)
    {
        var request = exchange.Request;
        var cap = (request.Property("max_completion_tokens") ?? request.Property("max_tokens")) is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : (int?)null;
        var output = Math.Min(wanted(request), cap ?? int.MaxValue);
        lock (gate)
        {
            spent += (InputTokens * perInputToken) + (output * perOutputToken);
            Uncapped += cap is null ? 1 : 0;
            Answers++;
        }

        var usage = $$"""{"prompt_tokens":{{InputTokens}},"completion_tokens":{{output}},"total_tokens":{{InputTokens + output}}}""";
        return request.Stream
            ? StreamReplies.Events(OpenAiBodies.Delta("Hi"), OpenAiBodies.Finish(), OpenAiBodies.UsageChunk().Replace(OpenAiBodies.Usage, usage, StringComparison.Ordinal), OpenAiBodies.Done)(exchange)
            : Replies.Json(200, OpenAiBodies.Chat("m").Replace(OpenAiBodies.Usage, usage, StringComparison.Ordinal))(exchange);
    }
}
