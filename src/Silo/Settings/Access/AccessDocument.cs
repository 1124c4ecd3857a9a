using System.Collections.Immutable;

namespace Gateway.Silo.Settings.Access;

/// <summary>Access rules as the operator wrote them.</summary>
/// <param name="AllowsByDefault">Whether what no rule speaks of is allowed.</param>
public sealed record AccessDocument(bool AllowsByDefault, ImmutableArray<AccessRuleText> Rules)
{
    /// <summary>Nothing is configured: only the entries' own rules hold.</summary>
    public static AccessDocument Open { get; } = new(true, []);

    /// <summary>What rules may name as operations.</summary>
    public static ImmutableArray<string> KnownOperations { get; } = ["chat/completions", "completions", "embeddings", "responses"];

    public bool IsOpen => AllowsByDefault && Rules.IsEmpty;
}

/// <summary>One rule. An empty list restricts nothing; of the four kinds of callers one match is enough.</summary>
public sealed record AccessRuleText
{
    /// <summary>False: deny, which beats every allow.</summary>
    public required bool Allow { get; init; }

    public ImmutableArray<string> Users { get; init; } = [];

    public ImmutableArray<string> Groups { get; init; } = [];

    public ImmutableArray<string> Domains { get; init; } = [];

    /// <summary>Ids of API keys.</summary>
    public ImmutableArray<string> Keys { get; init; } = [];

    /// <summary>Manifest keys; a <c>*</c> at the end stands for anything.</summary>
    public ImmutableArray<string> Endpoints { get; init; } = [];

    /// <summary>Public model names; a <c>*</c> at the end stands for anything.</summary>
    public ImmutableArray<string> Models { get; init; } = [];

    /// <summary>Such as <c>chat/completions</c>.</summary>
    public ImmutableArray<string> Operations { get; init; } = [];
}
