using System.Text.Json.Nodes;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;

namespace Gateway.Cli.Identity.Commands;

internal sealed class TokenCommand(CliHost host, GlobalOptions globals) : CliCommand(
    host,
    globals,
    "token",
    "Prints a credential that is good for at least a minute, and nothing else. It is renewed first where that is needed.",
    """curl -H "Authorization: Bearer $(gateway token)" https://gateway.example.com/v1/models""",
    "OPENAI_API_KEY=$(gateway token) python program.py")
{
    protected override async Task RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        if (run.FixedKey() is { } key)
        {
            Write(run, key.Text, null);
            return;
        }

        var (name, _) = await run.ProfileAsync(cancellationToken);
        var credential = await new AccessTokens(run.Host, run.Store).GetAsync(name, refused: null, cancellationToken);
        Write(run, credential.ApiKey ?? credential.AccessToken!, credential.ExpiresAt);
    }

    private static void Write(Invocation run, string token, DateTimeOffset? expires)
    {
        if (run.Json)
        {
            run.WriteJson(new JsonObject { ["access_token"] = token, ["token_type"] = "Bearer", ["expires_at"] = expires?.UtcDateTime });
        }
        else
        {
            run.Terminal.Output.WriteLine(token);
        }
    }
}
