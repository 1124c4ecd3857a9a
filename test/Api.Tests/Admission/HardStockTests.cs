using Gateway.Api.Admission;
using Gateway.Api.Admission.Stocks;
using Gateway.Api.Tests.Admission.Fakes;

namespace Gateway.Api.Tests.Admission;

/// <summary>Stocks of windows whose requests reserve the most that they can take, which is much more than they take.</summary>
public sealed class HardStockTests
{
    private const string Key = "user:local/alice";

    // 100 nano-dollars at most, 20 at least.
    private static readonly AdmissionEstimate Need = new() { InputTokens = 4, InputTokensGuess = 4, OutputTokens = 96, OutputTokensGuess = 20, InputNanoUsd = 4, NanoUsdPerOutputToken = 1, NanoUsdGuess = 24 };

    [Fact]
    public async Task A_busy_node_leaves_another_one_room_in_a_budget_that_is_small_for_its_rate()
    {
        await using var one = await new AdmissionBench().WithAsync(Key, """{"budgets":[{"usd":0.000001,"window":"month"}]}""");
        await using var other = new AdmissionBench(beside: one);
        await other.RefreshAsync();
        for (var i = 0; i < 10; i++)
        {
            using var admitted = (await one.AdmitAsync(estimate: Need)).Admission!;
            admitted.Settle(new ActualUse(1, 1, 1, 1));
        }

        using var there = (await other.AdmitAsync(estimate: Need)).Admission;

        there.Should().NotBeNull("hardly anything is spent, and nothing in flight");
    }

    [Fact]
    public async Task A_call_tells_what_is_waited_for_from_what_is_to_come()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"budgets":[{"usd":1,"window":"month"}]}""");
        for (var i = 0; i < 100; i++)
        {
            using var admitted = (await bench.AdmitAsync(estimate: Need)).Admission!;
            admitted.Settle(new ActualUse(1, 1, 1, 1));
            if (i % 2 == 1)
            {
                await bench.PassAsync(StockRules.Tick);
            }
        }

        var wishes = bench.Subject(Key).Calls.Select(call => call.Wishes.Single()).ToList();
        wishes.Where(wish => wish.Minimum == 20).Should().OnlyContain(wish => wish.Waiting == 100);
        wishes.Where(wish => wish.Minimum == 1).Should().NotBeEmpty("the stock is filled up beside the requests").And.OnlyContain(wish => wish.Waiting == 1, "nobody waits");
    }
}
