using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Gateway.Cli.Host;
using Gateway.Cli.Http;
using Gateway.Cli.Text;

namespace Gateway.Cli.Chat;

/// <summary>
/// The text of a streamed answer, piece by piece. It is whole when <c>[DONE]</c> or a finish reason came; whatever ends it before, an error
/// event, a broken connection, silence or a clean end alike, is an answer that was cut.
/// </summary>
internal sealed class ChatStream(HttpResponseMessage answer, TimeProvider time)
{
    // Keep-alives may be switched off, and a model may think for long.
    private static readonly TimeSpan Patience = GatewayClient.AnswerPatience;

    /// <summary>OpenAI's word for why it ended; null: not yet.</summary>
    public string? FinishReason { get; private set; }

    public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var body = new WatchedStream(await answer.Content.ReadAsStreamAsync(cancellationToken), Patience, time);
        await using var events = SseParser.Create(body).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        var isDone = false;
        while (!isDone && await NextAsync(events))
        {
            var data = events.Current.Data;
            isDone = data == "[DONE]";
            if (!isDone && Piece(data) is { Length: > 0 } piece)
            {
                yield return piece;
            }
        }

        if (!isDone && FinishReason is null)
        {
            throw Cut("it ended before its end");
        }
    }

    private string? Piece(string data)
    {
        var json = JsonText.TryParse(data) ?? throw Cut("a part of it is damaged");
        if (GatewayFailure.MessageOf(json) is { } failure)
        {
            throw Cut(failure);
        }

        if ((json as JsonObject)?["choices"] is not JsonArray { Count: > 0 } choices)
        {
            return null;
        }

        FinishReason ??= choices[0].Text("finish_reason");
        return (choices[0] as JsonObject)?["delta"].Text("content");
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<SseItem<string>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            // A connection that breaks after the end of the answer breaks nothing.
            return FinishReason is not null ? false : throw Cut(failure is HttpIOException ? "the connection broke" : Printable.Line(failure.Message));
        }
    }

    private static CliException Cut(string reason) => new(ExitCodes.AnswerCut, $"The answer was cut: {reason.TrimEnd('.')}. What you see is not all of it");
}
