namespace Gateway.Cli.Identity.Flows;

/// <summary>How somebody wants to sign in.</summary>
/// <param name="NoBrowser">The address is only printed.</param>
/// <param name="Again">The provider asks for the password even if it knows who one is.</param>
public sealed record LoginChoices(bool NoBrowser, bool Again);
