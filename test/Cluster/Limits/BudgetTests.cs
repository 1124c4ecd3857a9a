using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Limits;

public sealed partial class BudgetTests(SharedCluster shared) : ClusterTest(shared)
{
    private const int Calls = 200;
    private const int Seed = 20300101;
    private const decimal Budget = 1m;
    private const decimal PerInputToken = 0.000001m;
    private const decimal PerOutputToken = 0.00001m;

    /// <summary>Of 0.20 USD.</summary>
    private const int MostTokens = 20_000;

    /// <summary>16 output tokens, and one input token for each byte of a body.</summary>
    private const decimal LeastUseful = (16 * PerOutputToken) + (250 * PerInputToken);

    /// <summary>By number of the call: output tokens for 0.001 to 0.20 USD, and the caller's own maximum.</summary>
    private readonly (int Wanted, int Cap)[] tokens = Draw();

    [Fact]
    public async Task A_hard_budget_is_spent_to_its_end_over_all_front_ends_and_never_beyond()
    {
        var bill = NewBill();
        await using var caller = await CallerAsync(bill, entry => entry.With("max_output_tokens", MostTokens));
        string[] origins = [.. Shared.FrontEnds.Select(node => node.Origin)];
        using var burst = new Burst(origins, caller.Key, connections: 3 * Calls);

        var answers = await Task.WhenAll(Enumerable.Range(0, Calls).Select(number => UntilDecidedAsync(burst, Body(caller.Model, number), bill)));

        bill.Spent.Should().BeInRange(Budget - LeastUseful, Budget, "the provider counts so much");
        bill.Uncapped.Should().Be(0, "what the caller left out is told to the provider");
        answers.Select(answer => answer.Status).Distinct().Should().BeEquivalentTo([(HttpStatusCode?)HttpStatusCode.OK, HttpStatusCode.PaymentRequired]);
        answers.Count(answer => answer.Status == HttpStatusCode.OK).Should().Be(bill.Answers);
        foreach (var origin in origins)
        {
            using var alone = new Burst([origin], caller.Key, connections: 1);
            ExpectSpent(await alone.SendAsync(Body(caller.Model, 0)));
        }

        await Eventually.TrueAsync(
            async () => (await caller.DescribeAsync())["windows"]!.AsArray().Single()! is var window
                && window["used"]!.GetValue<decimal>() == bill.Spent && window["reserved"]!.GetValue<decimal>() == 0,
            "all that was reserved is settled, at what the provider counts");
    }

    [Fact]
    public async Task Without_any_known_cap_every_front_end_asks_for_max_tokens()
    {
        var bill = NewBill();
        await using var caller = await CallerAsync(bill, _ => { });

        foreach (var node in Shared.FrontEnds)
        {
            using var burst = new Burst([node.Origin], caller.Key, connections: 1);
            var refused = await burst.SendAsync(Body(caller.Model, number: 2));

            refused.Status.Should().Be(HttpStatusCode.BadRequest);
            JsonNode.Parse(refused.Body)!["error"]!["param"]!.GetValue<string>().Should().Be("max_tokens");
        }

        bill.Answers.Should().Be(0);
    }

    private static (int, int)[] Draw()
    {
        var random = new Random(Seed);
        return [.. Enumerable.Range(0, Calls).Select(_ => (random.Next(100, MostTokens - 1), random.Next(100, MostTokens)))];
    }

    /// <summary>Half of them are streams, and half of either say how long their answer may be.</summary>
    private string Body(string model, int number) =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"call {{number}}."}],{{(number % 4 < 2 ? $"\"max_tokens\":{tokens[number].Cap}," : "")}}"stream":{{(number % 2 == 0 ? "true" : "false")}}}""";

    private ProviderBill NewBill() => new(PerInputToken, PerOutputToken, request => tokens[int.Parse(Number().Match(request.BodyText).Groups["number"].Value, CultureInfo.InvariantCulture)].Wanted);

    private Task<LimitedCaller> CallerAsync(ProviderBill bill, Action<JsonObject> entry) => LimitedCaller.CreateAsync(
        Shared,
        new JsonObject { ["budgets"] = new JsonArray(new JsonObject { ["usd"] = Budget, ["window"] = "month", ["mode"] = "hard" }) },
        Replies.After(TimeSpan.FromMilliseconds(200), bill.AnswerAsync),
        added => entry(added.With("prices", new JsonObject { ["input"] = PerInputToken * 1_000_000, ["output"] = PerOutputToken * 1_000_000 })));

    private static void ExpectSpent(CallAnswer answer)
    {
        answer.Status.Should().Be(HttpStatusCode.PaymentRequired);
        answer.ErrorCode.Should().Be("insufficient_quota");
        answer.ShouldRetry.Should().Be("false");
        answer.RetryAfter.Should().BeNull();
    }

    /// <summary>Asks again whenever only reservations of other calls are in the way.</summary>
    private static async Task<CallAnswer> UntilDecidedAsync(Burst burst, string body, ProviderBill bill)
    {
        for (var tries = 0; ; tries++)
        {
            tries.Should().BeLessThan(60, "reservations end");
            var answer = await burst.SendAsync(body);
            if (answer.Status == HttpStatusCode.PaymentRequired)
            {
                bill.Spent.Should().BeGreaterThan(Budget - LeastUseful, "402 says that the budget is spent");
                ExpectSpent(answer);
            }

            if (answer.Status != HttpStatusCode.TooManyRequests)
            {
                return answer;
            }

            (answer.RetryAfter, answer.ShouldRetry).Should().Be((TimeSpan.FromSeconds(1), null));
            await Task.Delay(answer.RetryAfter!.Value, TimeProvider.System);
        }
    }

    [GeneratedRegex("call (?<number>[0-9]+)\\.", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Number();
}
