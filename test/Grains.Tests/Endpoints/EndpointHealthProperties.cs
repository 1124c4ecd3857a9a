using FsCheck.Fluent;
using Gateway.Abstractions.Endpoints;
using Gateway.Grains.Endpoints;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Endpoints;

public sealed class EndpointHealthProperties
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void There_are_never_two_live_probes_and_none_before_its_time() =>
        Properties.Check(HealthSchedule.Histories, history =>
        {
            ProbePermit? live = null;
            Play(history, (health, now, step, before, permit) =>
            {
                if (permit is null)
                {
                    live = step is HealthSchedule.Step.SettleProbe ? null : live;
                    return;
                }

                (live is null || now >= live.ValidUntil || before.Circuit == CircuitState.Closed).Should().BeTrue("a live probe keeps others away");
                (before.OpenUntil is null || now >= before.OpenUntil).Should().BeTrue("an open circuit lets nobody through before its time");
                (before.CoolingUntil is null || now >= before.CoolingUntil).Should().BeTrue("a cooling endpoint is not probed");
                (before.Circuit != CircuitState.Closed || before.Ejected).Should().BeTrue("a trusted endpoint needs no probe");
                permit.ValidUntil.Should().Be(now + HealthPolicy.ProbePermit);
                live = permit;
            });
        });

    [Fact]
    public void An_opening_lasts_between_the_first_and_the_longest_time_and_cooling_has_bounds() =>
        Properties.Check(HealthSchedule.Histories, history => Play(history, (health, now, step, before, _) =>
        {
            var after = health.Verdict("a", now, 1);
            if (after.Circuit == CircuitState.Open && before.Circuit == CircuitState.Closed)
            {
                (after.OpenUntil - now).Should().Be(HealthPolicy.FirstOpen, "the doubling starts afresh once the circuit was closed");
            }

            (after.OpenUntil is null || after.OpenUntil - now <= HealthPolicy.LongestOpen).Should().BeTrue();
            (after.CoolingUntil is null || after.CoolingUntil - now <= HealthPolicy.LongestCooling).Should().BeTrue();
            (after.OpenUntil is null).Should().Be(after.Circuit == CircuitState.Closed);
        }));

    [Fact]
    public void The_success_of_a_probe_closes_the_circuit_and_ends_the_ejection() =>
        Properties.Check(HealthSchedule.Histories, history =>
        {
            var (health, now) = Play(history, (_, _, _, _, _) => { });
            now += HealthPolicy.LongestCooling + HealthPolicy.LongestOpen;
            if (health.TryBeginProbe(now) is { } permit)
            {
                health.Record(now, [Run(UpstreamFailure.None)], "key", permit.ProbeId);
            }

            health.Verdict("a", now, 1).IsHealthy.Should().BeTrue();
        });

    [Fact]
    public void Rate_limits_refused_keys_quotas_and_vanished_callers_never_open_a_circuit()
    {
        var harmless = Gen.Elements(
            UpstreamFailure.None, UpstreamFailure.CallerGone, UpstreamFailure.RateLimited, UpstreamFailure.KeyRefused, UpstreamFailure.QuotaExhausted);
        Properties.Check(Gen.ListOf(harmless), outcomes =>
        {
            var health = new EndpointHealth();
            foreach (var outcome in outcomes)
            {
                health.Record(Start, [Run(outcome, 5)], "key", null);
                health.Verdict("a", Start, 1).Circuit.Should().Be(CircuitState.Closed);
            }

            health.Verdict("a", Start, 1).Ejected.Should().Be(outcomes.Contains(UpstreamFailure.KeyRefused));
        });
    }

    private static (EndpointHealth Health, DateTimeOffset Now) Play(
        IReadOnlyList<HealthSchedule.Step> history, Action<EndpointHealth, DateTimeOffset, HealthSchedule.Step, EndpointVerdict, ProbePermit?> look)
    {
        var health = new EndpointHealth();
        var now = Start;
        long? lastProbe = null;
        foreach (var step in history)
        {
            var before = health.Verdict("a", now, 1);
            ProbePermit? permit = null;
            switch (step)
            {
                case HealthSchedule.Step.Outcomes outcomes:
                    health.Record(now, outcomes.Runs, "key", null);
                    break;
                case HealthSchedule.Step.Pause pause:
                    now += pause.Length;
                    break;
                case HealthSchedule.Step.TryProbe:
                    permit = health.TryBeginProbe(now);
                    lastProbe = permit?.ProbeId ?? lastProbe;
                    break;
                case HealthSchedule.Step.SettleProbe settle:
                    health.Record(now, [settle.Outcome], "key", lastProbe);
                    break;
            }

            look(health, now, step, before, permit);
        }

        return (health, now);
    }

    private static OutcomeRun Run(UpstreamFailure failure, int count = 1) => new() { Failure = failure, Count = count };
}
