namespace Gateway.Process.Rigs;

/// <summary>A limit that four answers use up, each of 10 tokens of input and 15 of output.</summary>
/// <param name="Name">A word for tests and names.</param>
/// <param name="Window">Its id in <c>GET /admin/subjects/{subject}</c>.</param>
/// <param name="Used">By four answers.</param>
/// <param name="Refusal">Status of the fifth.</param>
public sealed record LimitsOfFourAnswers(string Name, string Window, decimal Used, HttpStatusCode Refusal, Func<JsonObject> Document)
{
    /// <summary>USD per million tokens. A request of 100 bytes may take 0.001 USD of input and, with a maximum of 16 tokens, 0.016 of output.</summary>
    public const int InputPrice = 10;

    public const int OutputPrice = 1_000;

    private const decimal UsdPerAnswer = ((10m * InputPrice) + (15m * OutputPrice)) / 1_000_000;

    public static IReadOnlyList<LimitsOfFourAnswers> All { get; } =
    [
        new("requests", "requests_per_minute", 4, HttpStatusCode.TooManyRequests, () => new JsonObject { ["requests_per_minute"] = 4 }),
        new("tokens", "tokens_per_day", 100, HttpStatusCode.PaymentRequired, () => new JsonObject { ["tokens_per_day"] = 100, ["time_zone"] = ZoneAtNoon() }),
        new("money", "budget/usd/rolling_24h", 4 * UsdPerAnswer, HttpStatusCode.PaymentRequired, () => new JsonObject
        {
            ["budgets"] = new JsonArray(new JsonObject { ["usd"] = 0.065m, ["window"] = new JsonObject { ["rolling_hours"] = 24 }, ["mode"] = "hard" }),
        }),
    ];

    /// <summary>Where the day has hours to go: with less than a minute left the answer is another one.</summary>
    public static string ZoneAtNoon()
    {
        var ahead = 12 - TimeProvider.System.GetUtcNow().Hour;
        return ahead >= 0 ? $"Etc/GMT-{ahead}" : $"Etc/GMT+{-ahead}";
    }
}
