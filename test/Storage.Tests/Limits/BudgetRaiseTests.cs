using System.Text.Json;
using Gateway.Storage.Limits;

namespace Gateway.Storage.Tests.Limits;

public sealed class BudgetRaiseTests
{
    private const string Month = """{"usd":50,"window":"month","mode":"hard"}""";
    private const string Raised = """{"usd":50,"window":"month","mode":"hard","raise":{"usd":20,"until":"2030-06-20T00:00:00Z"}}""";

    private static readonly DateTimeOffset Now = new(2030, 6, 10, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("\"to\":\"2030-07-01T00:00:00Z\"", true)]
    [InlineData("\"from\":\"2030-06-19T00:00:00Z\"", true)]
    [InlineData("\"from\":\"2030-06-01T00:00:00Z\",\"to\":\"2030-06-11T00:00:00Z\"", true)]
    [InlineData("\"to\":\"2030-06-10T00:00:00Z\"", false)]
    [InlineData("\"from\":\"2030-06-20T00:00:00Z\"", false)]
    public void A_budget_that_only_an_override_has_is_raised_if_that_holds_before_the_raise_ends(string times, bool isRaised)
    {
        var raised = Apply($$"""{"overrides":[{{{times}},"budgets":[{{Month}}]}]}""");

        raised.Should().Be(isRaised ? $$"""{"overrides":[{{{times}},"budgets":[{{Raised}}]}]}""" : null);
    }

    [Fact]
    public void Limits_and_overrides_to_come_are_raised_alike_and_what_is_over_stays()
    {
        const string Over = """{"to":"2030-06-01T00:00:00Z","budgets":[{"usd":50,"window":"month","mode":"hard"}]}""";
        const string Other = """{"from":"2030-06-01T00:00:00Z","budgets":[{"usd":50,"window":"day","mode":"hard"}]}""";

        var raised = Apply($$"""{"budgets":[{{Month}}],"overrides":[{{Over}},{{Other}},{"from":"2031-01-01T00:00:00Z","budgets":[{{Month}}]}]}""");

        raised.Should().Be($$"""{"budgets":[{{Raised}}],"overrides":[{{Over}},{{Other}},{"from":"2031-01-01T00:00:00Z","budgets":[{{Raised}}]}]}""");
    }

    [Fact]
    public void A_raise_that_is_over_ends_an_earlier_one_everywhere()
    {
        var raised = Apply($$"""{"overrides":[{"from":"2030-01-01T00:00:00Z","budgets":[{{Raised}}]}]}""", "2030-06-09T00:00:00Z");

        raised.Should().Contain("2030-06-09").And.NotContain("2030-06-20");
    }

    private static string? Apply(string limits, string until = "2030-06-20T00:00:00Z")
    {
        var body = JsonDocument.Parse($$"""{"usd":20,"window":"month","until":"{{until}}"}""").RootElement;
        var raise = BudgetRaise.Read(body, out var problem);
        problem.Should().BeNull();
        return raise!.ApplyTo(LimitDocumentReader.Read(limits)!, Now) is { } raised ? LimitDocumentWriter.Write(raised) : null;
    }
}
