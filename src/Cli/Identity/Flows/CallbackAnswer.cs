using Gateway.Cli.Text;

namespace Gateway.Cli.Identity.Flows;

/// <summary>What the provider sent with the browser: a code or an error.</summary>
public sealed record CallbackAnswer(string? Code, string? Error, string? Description, string? Issuer)
{
    public string Reason => Printable.Line(Description is { Length: > 0 } ? $"{Error}: {Description}" : Error ?? "", 200);

    public override string ToString() => nameof(CallbackAnswer);
}
