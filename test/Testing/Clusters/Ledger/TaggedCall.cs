namespace Gateway.Testing.Clusters.Ledger;

/// <summary>A call that all sides know by its number, which says what becomes of it and what its provider counts.</summary>
public static class TaggedCall
{
    public const int InputTokens = 10;

    /// <summary>Output tokens of an attempt that failed and tells them; fewer than any answer has.</summary>
    public const int FailedTokens = 7;

    public const int MaxTokens = 100_000;

    /// <summary>What both kinds of tokens cost.</summary>
    public const decimal UsdPerMillion = 1m;

    private const int FewestTokens = 1_000;

    /// <summary>Output tokens of the whole answer; no other call has as many.</summary>
    public static int TokensOf(int tag) => FewestTokens + tag;

    public static decimal CostOf(int tag) => (InputTokens + TokensOf(tag)) * UsdPerMillion / 1_000_000;

    public static TaggedKind KindOf(int tag) => (tag % 20) switch
    {
        3 or 13 => TaggedKind.FailsOver,
        4 or 14 => TaggedKind.Endless,
        6 => TaggedKind.Cut,
        7 => TaggedKind.FailsEverywhere,
        9 => TaggedKind.Hung,
        12 => TaggedKind.FailsOverWithUsage,
        _ => tag % 2 == 0 ? TaggedKind.Stream : TaggedKind.Unary,
    };

    public static bool IsStreamed(int tag) => tag % 2 == 0;

    public static string Body(string model, int tag) =>
        $$"""{"model":"{{model}}","max_tokens":{{MaxTokens}},"messages":[{"role":"user","content":"tag {{tag}}."}],"stream":{{(IsStreamed(tag) ? "true" : "false")}}}""";
}
