using System.Text;
using System.Text.Json.Nodes;
using Gateway.Cli.Host;
using Gateway.Cli.Http;
using Gateway.Cli.Text;

namespace Gateway.Cli.Chat;

/// <summary>What was said so far, and the next answer.</summary>
internal sealed class Conversation
{
    private readonly CliHost _host;
    private readonly GatewayClient _client;
    private readonly string _model;
    private readonly List<JsonObject> _messages = [];

    public Conversation(CliHost host, GatewayClient client, string model, string? system)
    {
        (_host, _client, _model) = (host, client, model);
        if (system is not null)
        {
            _messages.Add(Message("system", system));
        }
    }

    /// <summary>The whole answer as the gateway gave it.</summary>
    public async Task<JsonNode?> AskAsync(string prompt, CancellationToken cancellationToken)
    {
        _messages.Add(Message("user", prompt));
        return await _client.AskAsync("/v1/chat/completions", Body(stream: false), cancellationToken);
    }

    /// <summary>Writes the answer as it comes. One that fails leaves the conversation as it was.</summary>
    public async Task StreamAsync(string prompt, CancellationToken cancellationToken)
    {
        _messages.Add(Message("user", prompt));
        var text = new StringBuilder();
        try
        {
            using var answer = await _client.OpenAsync("/v1/chat/completions", Body(stream: true), cancellationToken);
            var stream = new ChatStream(answer, _host.Time);
            await foreach (var piece in stream.ReadAsync(cancellationToken))
            {
                text.Append(piece);
                await WriteAsync(piece, cancellationToken);
            }

            await EndLineAsync(text, cancellationToken);
            if (stream.FinishReason == "length")
            {
                _host.Terminal.Say("gateway: the answer ends at the model's token limit.");
            }

            _messages.Add(Message("assistant", text.ToString()));
        }
        catch
        {
            _messages.RemoveAt(_messages.Count - 1);
            await EndLineAsync(text, CancellationToken.None);
            throw;
        }
    }

    private JsonObject Body(bool stream) => new()
    {
        ["model"] = _model,
        ["messages"] = new JsonArray([.. _messages.Select(message => message.DeepClone())]),
        ["stream"] = stream,
    };

    private async Task WriteAsync(string piece, CancellationToken cancellationToken)
    {
        var output = _host.Terminal.Output;
        await output.WriteAsync((_host.Terminal.IsOutputInteractive ? Printable.Block(piece) : piece).AsMemory(), cancellationToken);
        await output.FlushAsync(cancellationToken);
    }

    private async Task EndLineAsync(StringBuilder text, CancellationToken cancellationToken)
    {
        if (text.Length > 0 && text[^1] != '\n')
        {
            await _host.Terminal.Output.WriteLineAsync("".AsMemory(), cancellationToken);
        }
    }

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };
}
