using System.Text.Json;
using Gateway.Abstractions.Limits;
using Gateway.Storage.Limits;

namespace Gateway.Storage.Tests.Limits;

public sealed class LimitDocumentTests
{
    private static readonly DateTimeOffset Noon = new(2030, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_field_becomes_what_the_grain_counts()
    {
        var limits = Read(
            """
            {"requests_per_second":2,"requests_per_minute":60,"tokens_per_day":1000,"input_tokens_per_minute":10,"output_tokens_per_day":20,"concurrency":3,
             "time_zone":"Europe/Berlin","max_output_tokens":100,"max_body_bytes":2000,
             "budgets":[{"usd":12.5,"window":"month","soft_at":0.8,"rollover":true,"raise":{"usd":3,"until":"2030-07-01T00:00:00Z"}},
                        {"tokens":500,"window":{"rolling_hours":5}},{"usd":1,"window":"day","mode":"soft"}]}
            """).At(Noon)!.ToSubjectLimits(7);

        limits.Version.Should().Be(7);
        limits.Concurrency.Should().Be(3);
        limits.TimeZone.Should().Be("Europe/Berlin");
        limits.Windows.Select(window => (window.Id, window.Unit, window.Window, window.Limit, window.IsHard)).Should().Equal(
            ("input_tokens_per_minute", LimitUnit.InputTokens, WindowKind.Minute, 10, false),
            ("output_tokens_per_day", LimitUnit.OutputTokens, WindowKind.Day, 20, false),
            ("requests_per_minute", LimitUnit.Requests, WindowKind.Minute, 60, true),
            ("requests_per_second", LimitUnit.Requests, WindowKind.Second, 2, true),
            ("tokens_per_day", LimitUnit.TotalTokens, WindowKind.Day, 1000, false),
            ("budget/usd/month", LimitUnit.NanoUsd, WindowKind.Month, 12_500_000_000, true),
            ("budget/tokens/rolling_5h", LimitUnit.TotalTokens, WindowKind.RollingHours, 500, false),
            ("budget/usd/day", LimitUnit.NanoUsd, WindowKind.Day, 1_000_000_000, false));
        var month = limits.Windows.Single(window => window.Id == "budget/usd/month");
        month.Should().BeEquivalentTo(new { SoftAt = 0.8, RollsOver = true, Raise = 3_000_000_000, RaisedUntil = new DateTimeOffset(2030, 7, 1, 0, 0, 0, TimeSpan.Zero), IsBudget = true });
    }

    [Fact]
    public void An_override_replaces_the_fields_that_it_names_while_it_holds()
    {
        var document = Read(
            """
            {"requests_per_minute":5,"tokens_per_minute":9,"concurrency":1,
             "overrides":[{"from":"2030-06-01T12:00:00Z","to":"2030-06-01T13:00:00Z","requests_per_minute":50,"concurrency":null},
                          {"from":"2030-06-01T12:30:00Z","tokens_per_minute":null}]}
            """);

        Rates(document, Noon.AddMilliseconds(-1)).Should().Be("requests_per_minute=5 tokens_per_minute=9 concurrency=1");
        Rates(document, Noon).Should().Be("requests_per_minute=50 tokens_per_minute=9 concurrency=");
        Rates(document, Noon.AddMinutes(30)).Should().Be("requests_per_minute=50 concurrency=");
        Rates(document, Noon.AddHours(1)).Should().Be("requests_per_minute=5 concurrency=1");
        document.NextChange(Noon.AddDays(-1)).Should().Be(Noon);
        document.NextChange(Noon).Should().Be(Noon.AddMinutes(30));
        document.LastChange(Noon.AddDays(1)).Should().Be(Noon.AddHours(1));
        document.LastChange(Noon.AddDays(-1)).Should().BeNull();
        document.NextChange(Noon.AddDays(1)).Should().BeNull();
    }

    [Fact]
    public void Limits_with_dates_hold_from_the_first_until_just_before_the_second()
    {
        var document = Read("""{"concurrency":1,"from":"2030-06-01T12:00:00Z","to":"2030-06-01T13:00:00+00:00"}""");

        document.At(Noon.AddTicks(-1)).Should().BeNull();
        document.At(Noon)!.Concurrency.Should().Be(1);
        document.At(Noon.AddHours(1)).Should().BeNull();
    }

    [Theory]
    [InlineData("[]", "")]
    [InlineData("""{"requests_per_minut":5}""", "requests_per_minut")]
    [InlineData("""{"requests_per_minute":0}""", "requests_per_minute")]
    [InlineData("""{"requests_per_minute":1.5}""", "requests_per_minute")]
    [InlineData("""{"tokens_per_second":1}""", "tokens_per_second")]
    [InlineData("""{"concurrency":-1}""", "concurrency")]
    [InlineData("""{"concurrency":"1"}""", "concurrency")]
    [InlineData("""{"time_zone":"Mars/Olympus"}""", "time_zone")]
    [InlineData("""{"queue_weight":101}""", "queue_weight")]
    [InlineData("""{"from":"2030-06-01"}""", "from")]
    [InlineData("""{"from":"2030-06-01T00:00:00Z","to":"2030-06-01T00:00:00Z"}""", "to")]
    [InlineData("""{"budgets":{}}""", "budgets")]
    [InlineData("""{"budgets":[{"usd":1,"tokens":1,"window":"day"}]}""", "budgets[0]")]
    [InlineData("""{"budgets":[{"usd":0,"window":"day"}]}""", "budgets[0].usd")]
    [InlineData("""{"budgets":[{"tokens":1,"window":"year"}]}""", "budgets[0].window")]
    [InlineData("""{"budgets":[{"tokens":1,"window":{"rolling_hours":0}}]}""", "budgets[0].window.rolling_hours")]
    [InlineData("""{"budgets":[{"usd":1,"window":"day"},{"usd":2,"window":"day"}]}""", "budgets[1]")]
    [InlineData("""{"budgets":[{"usd":1,"window":"day","mode":"strict"}]}""", "budgets[0].mode")]
    [InlineData("""{"budgets":[{"usd":1,"window":"day","soft_at":1.1}]}""", "budgets[0].soft_at")]
    [InlineData("""{"budgets":[{"usd":1,"window":"day","warn_at":1}]}""", "budgets[0].warn_at")]
    [InlineData("""{"budgets":[{"usd":1,"window":{"rolling_hours":5},"rollover":true}]}""", "budgets[0].rollover")]
    [InlineData("""{"budgets":[{"usd":1,"window":"day","raise":{"usd":1}}]}""", "budgets[0].raise")]
    [InlineData("""{"budgets":[{"usd":1,"window":"day","raise":{"usd":1,"until":"soon"}}]}""", "budgets[0].raise.until")]
    [InlineData("""{"overrides":[{"concurrency":1}]}""", "overrides[0]")]
    [InlineData("""{"overrides":[{"from":"2030-06-01T00:00:00Z","concurency":1}]}""", "overrides[0].concurency")]
    [InlineData("""{"overrides":[{"from":"2030-06-01T00:00:00Z","budgets":[{"usd":-1,"window":"day"}]}]}""", "overrides[0].budgets[0].usd")]
    public void Whatever_is_not_understood_is_refused_by_the_name_of_its_field(string json, string field)
    {
        LimitDocumentReader.Read(JsonSerializer.Deserialize<JsonElement>(json), out var problem).Should().BeNull();

        problem!.Field.Should().Be(field);
        problem.ToString().Should().StartWith(field.Length == 0 ? "The body " : $"'{field}' ").And.EndWith(".");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"concurrency":3,"max_output_tokens":5,"max_body_bytes":6,"queue_weight":7,"queue_priority":0,"time_zone":"UTC"}""")]
    [InlineData("""{"requests_per_day":1,"tokens_per_minute":2,"budgets":[{"usd":0.000000001,"window":"week","mode":"hard","soft_at":0.5,"rollover":true,"raise":{"usd":1.5,"until":"2030-06-01T00:00:00.25Z"}}]}""")]
    [InlineData("""{"budgets":[],"from":"2030-06-01T00:00:00Z","overrides":[{"to":"2031-01-01T00:00:00Z","concurrency":1,"budgets":null}]}""")]
    [InlineData("""{"budgets":[{"tokens":5,"window":{"rolling_hours":24},"mode":"soft"}]}""")]
    public void What_is_written_is_what_was_read(string json) => LimitDocumentWriter.Write(Read(json)).Should().Be(json);

    [Fact]
    public void Null_is_the_same_as_absent() =>
        LimitDocumentWriter.Write(Read("""{"concurrency":null,"requests_per_minute":null,"budgets":null,"from":null,"overrides":null}""")).Should().Be("{}");

    private static LimitDocument Read(string json)
    {
        var document = LimitDocumentReader.Read(JsonSerializer.Deserialize<JsonElement>(json), out var problem);
        problem.Should().BeNull();
        return document!;
    }

    private static string Rates(LimitDocument document, DateTimeOffset time)
    {
        var fields = document.At(time)!;
        return string.Join(' ', fields.Rates.Select(rate => $"{rate.Key}={rate.Value}").Append($"concurrency={fields.Concurrency}"));
    }
}
