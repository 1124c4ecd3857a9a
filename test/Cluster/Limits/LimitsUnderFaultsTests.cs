using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Limits;

/// <summary>Faults may cost a limited caller some of what is its own; they never give it more.</summary>
public sealed class LimitsUnderFaultsTests(SharedCluster shared, MinuteOfFaults minute) : ClusterTest(shared), IClassFixture<MinuteOfFaults>
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static TheoryData<LimitFault> Faults { get; } = [.. LimitFault.All];

    [Theory, MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void A_fault_amid_admissions_admits_nothing_more(LimitFault fault)
    {
        var run = minute.Runs[fault];

        run.Meter.MostWithin(Minute).Should().BeLessThanOrEqualTo(InterruptedBurst.Limit);
        run.ArrivedBefore.Should().BePositive("the fault came after some were admitted");
        run.ArrivedAfter.Should().BePositive("and before the others");
        run.AnswersBefore.Concat(run.AnswersAfter).Should().HaveCount(InterruptedBurst.Calls).And.OnlyContain(
            answer => answer.Status == HttpStatusCode.OK
                || (answer.Status == HttpStatusCode.TooManyRequests && answer.ErrorCode == "rate_limit_exceeded")
                || (answer.Status == HttpStatusCode.ServiceUnavailable && answer.ErrorCode == "limits_unavailable")
                || (answer.Status == null && fault.CutsCalls));
        run.AnswersAfter.Should().Contain(answer => answer.Status == HttpStatusCode.TooManyRequests, "the limit was used up");
    }

    [Fact]
    public void No_minute_has_more_than_the_limit_through_all_of_them_and_the_next_one_opens()
    {
        var meter = minute.First.Meter;

        meter.MostWithin(Minute).Should().BeLessThanOrEqualTo(InterruptedBurst.Limit);
        meter.Arrived.Should().BeGreaterThan(InterruptedBurst.Limit, "the window opened again");
    }

    [Fact]
    public void After_the_wait_that_the_refusal_told_a_call_is_admitted()
    {
        minute.AfterWait.Status.Should().Be(HttpStatusCode.OK, "{0}", minute.AfterWait);
        minute.Waiting.Arrived.Should().BeGreaterThan(InterruptedBurst.Limit);
        minute.Waiting.MostWithin(Minute).Should().BeLessThanOrEqualTo(InterruptedBurst.Limit);
    }
}
