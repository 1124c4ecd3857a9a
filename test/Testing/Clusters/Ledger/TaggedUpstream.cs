using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Gateway.Testing.Upstreams;

namespace Gateway.Testing.Clusters.Ledger;

/// <summary>A provider that counts <see cref="TaggedCall.TokensOf"/> output tokens for each answer, so that a record tells whose it is, and notes whom it was asked by.</summary>
public sealed partial class TaggedUpstream : IAsyncDisposable
{
    private readonly ScriptedUpstream upstream;

    /// <param name="isFirst">It fails the calls that another one must serve.</param>
    public TaggedUpstream(bool isFirst) => upstream = ScriptedUpstream.Start(exchange => AnswerAsync(exchange, isFirst), keepRequests: false);

    public string Url => upstream.Url;

    /// <summary>Tags of the requests that arrived, with how often.</summary>
    public ConcurrentDictionary<int, int> Asked { get; } = new();

    public ValueTask DisposeAsync() => upstream.DisposeAsync();

    private Task AnswerAsync(UpstreamExchange exchange, bool isFirst)
    {
        var tag = int.Parse(Tag().Match(exchange.Request.BodyText).Groups["number"].Value, CultureInfo.InvariantCulture);
        Asked.AddOrUpdate(tag, 1, (_, times) => times + 1);
        return TaggedCall.KindOf(tag) switch
        {
            TaggedKind.FailsEverywhere => Replies.Status(500)(exchange),
            TaggedKind.FailsOver when isFirst => Replies.Status(500)(exchange),
            TaggedKind.FailsOverWithUsage when isFirst => StreamReplies.Events($"data: {{\"error\":{{\"message\":\"late\"}},\"usage\":{UsageOf(TaggedCall.FailedTokens)}}}\n\n")(exchange),
            TaggedKind.Endless => EndlessAsync(exchange),
            TaggedKind.Cut => StreamReplies.Cut(StreamCut.FinInsideChunk)(exchange),
            TaggedKind.Hung => exchange.UntilClientLeavesAsync(),
            _ when exchange.Request.Stream => StreamReplies.Events(
                OpenAiBodies.Delta("Hi"), OpenAiBodies.Finish(), OpenAiBodies.UsageChunk().Replace(OpenAiBodies.Usage, UsageOf(TaggedCall.TokensOf(tag)), StringComparison.Ordinal), OpenAiBodies.Done)(exchange),
            _ => Replies.Json(200, OpenAiBodies.Chat("m").Replace(OpenAiBodies.Usage, UsageOf(TaggedCall.TokensOf(tag)), StringComparison.Ordinal))(exchange),
        };
    }

    private static string UsageOf(int output) => $$"""{"prompt_tokens":{{TaggedCall.InputTokens}},"completion_tokens":{{output}},"total_tokens":{{TaggedCall.InputTokens + output}}}""";

    private static async Task EndlessAsync(UpstreamExchange exchange)
    {
        await exchange.WriteAsync(StreamReplies.ChunkedHead);
        await exchange.WriteChunkAsync(Encoding.UTF8.GetBytes(OpenAiBodies.Delta("Hel")));
        await exchange.UntilClientLeavesAsync();
    }

    [GeneratedRegex("tag (?<number>[0-9]+)\\.", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Tag();
}
