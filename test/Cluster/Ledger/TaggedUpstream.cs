using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Gateway.Cluster.Ledger;

/// <summary>A provider that counts <see cref="TokensOf"/> output tokens for each answer, so that a record tells whose it is, and notes whom it was asked by.</summary>
internal sealed partial class TaggedUpstream : IAsyncDisposable
{
    private const int InputTokens = 10;
    private readonly ScriptedUpstream upstream;

    public TaggedUpstream(bool failsSome) => upstream = ScriptedUpstream.Start(exchange => AnswerAsync(exchange, failsSome));

    public string Url => upstream.Url;

    /// <summary>Tags of the requests that arrived, with how often.</summary>
    public ConcurrentDictionary<int, int> Asked { get; } = new();

    public static int TokensOf(int tag) => 1_000 + tag;

    public static string Body(string model, int tag, bool stream) =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"tag {{tag}}."}],"stream":{{(stream ? "true" : "false")}}}""";

    /// <summary>An upstream that fails some fails these, and the next one has to serve them.</summary>
    public static bool IsFailed(int tag) => tag % 10 == 3;

    /// <summary>Streams that go on until the caller leaves.</summary>
    public static bool IsEndless(int tag) => tag % 10 == 4;

    public ValueTask DisposeAsync() => upstream.DisposeAsync();

    private Task AnswerAsync(UpstreamExchange exchange, bool failsSome)
    {
        var tag = int.Parse(Tag().Match(exchange.Request.BodyText).Groups["number"].Value, CultureInfo.InvariantCulture);
        Asked.AddOrUpdate(tag, 1, (_, times) => times + 1);
        if (failsSome && IsFailed(tag))
        {
            return Replies.Status(500)(exchange);
        }

        var usage = $$"""{"prompt_tokens":{{InputTokens}},"completion_tokens":{{TokensOf(tag)}},"total_tokens":{{InputTokens + TokensOf(tag)}}}""";
        if (!exchange.Request.Stream)
        {
            return Replies.Json(200, OpenAiBodies.Chat("m").Replace(OpenAiBodies.Usage, usage, StringComparison.Ordinal))(exchange);
        }

        return IsEndless(tag)
            ? EndlessAsync(exchange)
            : StreamReplies.Events(OpenAiBodies.Delta("Hi"), OpenAiBodies.Finish(), OpenAiBodies.UsageChunk().Replace(OpenAiBodies.Usage, usage, StringComparison.Ordinal), OpenAiBodies.Done)(exchange);
    }

    private static async Task EndlessAsync(UpstreamExchange exchange)
    {
        await exchange.WriteAsync(StreamReplies.ChunkedHead);
        await exchange.WriteChunkAsync(Encoding.UTF8.GetBytes(OpenAiBodies.Delta("Hel")));
        await exchange.UntilClientLeavesAsync();
    }

    [GeneratedRegex("tag (?<number>[0-9]+)\\.", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Tag();
}
