using System.CommandLine;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;
using Gateway.Cli.Http;
using Gateway.Cli.Models;
using Gateway.Cli.Text;

namespace Gateway.Cli.Chat;

internal sealed class ChatCommand : CliCommand
{
    private readonly Argument<string[]> _prompt = new("prompt") { Description = "What to ask. Without it, or with '-': the standard input; on a terminal, a conversation until Ctrl-D.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _model = Text("--model", "MODEL", "Default: GATEWAY_MODEL, that of the profile, or the only one there is.");
    private readonly Option<string?> _system = Text("--system", "TEXT", "How the model should behave.");

    public ChatCommand(CliHost host, GlobalOptions globals)
        : base(
            host,
            globals,
            "chat",
            "Asks a model; the answer appears as it is made. With --json it comes as one document when it is whole.",
            "gateway chat --model gpt-4o-mini \"Why is the sky blue?\"",
            "git diff | gateway chat --system \"Write a commit message for this change.\"",
            "gateway chat                                        # a conversation")
    {
        Add(_prompt);
        _model.Aliases.Add("-m");
        _system.Aliases.Add("-s");
        Add(_model);
        Add(_system);
    }

    protected override async Task RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var given = run.Value(_prompt) is { Length: > 0 } words && words is not ["-"] ? string.Join(' ', words) : null;
        var isConversation = given is null && run.Terminal.IsInputInteractive && run.Value(_prompt) is [];
        if (isConversation && run.Json)
        {
            throw CliException.Usage("A conversation has no --json. Give the prompt as an argument or on the standard input");
        }

        var client = await run.ClientAsync(cancellationToken);
        var conversation = new Conversation(run.Host, client, await ModelAsync(run, client, cancellationToken), run.Value(_system));
        if (isConversation)
        {
            await ConverseAsync(run, conversation, cancellationToken);
            return;
        }

        var prompt = given ?? (await run.Terminal.ReadToEndAsync(cancellationToken)).Trim();
        if (prompt.Length == 0)
        {
            throw CliException.Usage("There is nothing to ask: give a prompt as an argument or on the standard input");
        }

        if (run.Json)
        {
            run.WriteJson(await conversation.AskAsync(prompt, cancellationToken));
        }
        else
        {
            await conversation.StreamAsync(prompt, cancellationToken);
        }
    }

    /// <summary>A question that fails ends nothing, but the last failure is the exit code.</summary>
    private static async Task ConverseAsync(Invocation run, Conversation conversation, CancellationToken cancellationToken)
    {
        CliException? last = null;
        while (true)
        {
            await run.Terminal.Error.WriteAsync("> ");
            await run.Terminal.Error.FlushAsync(cancellationToken);
            if (await run.Terminal.ReadLineAsync(cancellationToken) is not { } line)
            {
                run.Terminal.Say("");
                break;
            }

            if (line.Trim().Length == 0)
            {
                continue;
            }

            try
            {
                await conversation.StreamAsync(line, cancellationToken);
            }
            catch (CliException failure)
            {
                run.Terminal.Say($"gateway: {failure.Message}");
                last = failure;
            }
        }

        if (last is not null)
        {
            throw new CliException(last.ExitCode, "At least one question had no whole answer");
        }
    }

    private async Task<string> ModelAsync(Invocation run, GatewayClient client, CancellationToken cancellationToken)
    {
        if ((run.Value(_model) ?? run.Host.Setting("GATEWAY_MODEL")) is { } named)
        {
            return named;
        }

        if (run.FixedKey() is null && (await run.ProfileAsync(cancellationToken)).Profile.Model is { } usual)
        {
            return usual;
        }

        return await ModelEntry.ListAsync(client, cancellationToken) switch
        {
            [var only] => only.Id,
            [] => throw new CliException(ExitCodes.Denied, "The gateway offers you no model"),
            var several => throw CliException.Usage($"Name a model with --model. There are: {Printable.Line(string.Join(", ", several.Take(10).Select(model => model.Id)))}{(several.Count > 10 ? ", …" : "")}"),
        };
    }
}
