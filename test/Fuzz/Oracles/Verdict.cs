namespace Gateway.Fuzz.Oracles;

/// <summary>What came of a case.</summary>
/// <param name="Outcome">Its class, for the distribution.</param>
/// <param name="Passed">It got through parsing: to an upstream, to the choice of one, or to an answer with content.</param>
/// <param name="Problem">Null: nothing was wrong.</param>
internal sealed record Verdict(string Outcome, bool Passed, string? Problem);
