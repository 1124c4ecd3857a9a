using System.Collections.Immutable;

namespace Gateway.Silo.Startup;

/// <summary>What a start found out so far, for the text of its failure.</summary>
public sealed class StartAttempt
{
    /// <summary>Where the process is going to listen.</summary>
    public ImmutableArray<string> Addresses { get; set; } = [];

    /// <summary>Those of them that <c>GATEWAY_ADMIN_URLS</c> names.</summary>
    public ImmutableArray<string> AdminAddresses { get; set; } = [];
}
