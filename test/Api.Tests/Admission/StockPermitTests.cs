using Gateway.Api.Admission;
using Gateway.Api.Admission.Stocks;
using Gateway.Api.Tests.Admission.Fakes;

namespace Gateway.Api.Tests.Admission;

/// <summary>What a node holds of a limit of concurrency.</summary>
public sealed class StockPermitTests
{
    private const string Key = "user:local/alice";

    [Fact]
    public async Task A_permit_that_lies_idle_is_asked_for_again_at_once()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"concurrency":2}""");
        AdmittedRequest[] held = [await bench.AdmittedAsync(), await bench.AdmittedAsync()];
        bench.Subject(Key).Fates.Enqueue(CallFate.IsSlow);
        var refused = bench.AdmitAsync();
        await bench.PassAsync(TimeSpan.FromMilliseconds(200));
        (await bench.RunAsync(refused)).Error!.Status.Should().Be(429);
        Array.ForEach(held, admission => admission.Dispose());

        await bench.PassAsync(TimeSpan.FromMilliseconds(200));

        (await bench.RunAsync(bench.TryServeAsync())).Should().BeTrue();
    }

    [Fact]
    public async Task Permits_of_running_requests_count_and_come_back_when_they_end()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"concurrency":2}""");
        var first = await bench.AdmittedAsync();
        using var second = await bench.AdmittedAsync();

        var refused = await bench.AdmitAsync();
        first.Dispose();
        using var third = await bench.AdmittedAsync();

        (refused.Error!.Status, refused.Error.RetryAfter).Should().Be((429, TimeSpan.FromSeconds(1)));
        bench.Subject(Key).PermitsOut.Should().Be(2);
    }

    [Fact]
    public async Task That_a_node_holds_no_permit_any_more_is_told_again_later()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"concurrency":2}""");
        await bench.TryServeAsync();
        await bench.PassAsync(TimeSpan.FromSeconds(1));
        var before = bench.Subject(Key).Reports;

        await bench.PassAsync(StockRules.RepeatAfter * (StockRules.Repeats + 2));

        (bench.Subject(Key).Reports - before).Should().Be(StockRules.Repeats);
    }

    [Fact]
    public async Task While_a_request_runs_its_permit_is_told_again_so_that_a_new_activation_takes_no_others_for_held()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"concurrency":5}""");
        await using var other = await new AdmissionBench(beside: bench).WithAsync(Key, """{"concurrency":5}""");
        using var running = await bench.AdmittedAsync();
        var others = new List<AdmittedRequest>();
        for (var i = 0; i < 4; i++)
        {
            others.Add(await bench.AdmittedAsync());
        }

        others.ForEach(one => one.Dispose());
        await bench.PassAsync(TimeSpan.FromMinutes(1));

        bench.Subject(Key).Restart();
        other.Session.Renewed(other.Time.GetTimestamp());
        (await other.AdmitAsync()).Error!.Status.Should().Be(429, "five are claimed");
        await bench.PassAsync(StockRules.PermitsToldAfter + TimeSpan.FromSeconds(1));

        bench.Subject(Key).PermitsOut.Should().Be(1);
        other.Session.Renewed(other.Time.GetTimestamp());
        using var admitted = await other.AdmittedAsync();
    }

    [Theory]
    [InlineData("""{"concurrency":5}""", 12)]
    [InlineData("""{"requests_per_minute":5,"tokens_per_day":1000}""", 0)]
    public async Task A_request_that_runs_is_told_again_only_where_it_holds_a_permit(string limits, int reports)
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, limits);
        using var running = await bench.AdmittedAsync();
        await bench.PassAsync(TimeSpan.FromSeconds(4));
        var before = bench.Subject(Key).Reports;

        await bench.PassAsync(StockRules.PermitsToldAfter * 12);

        (bench.Subject(Key).Reports - before).Should().BeInRange(Math.Max(0, reports - 1), reports);
    }
}
