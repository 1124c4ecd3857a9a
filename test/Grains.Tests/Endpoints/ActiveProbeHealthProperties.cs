using FsCheck;
using FsCheck.Fluent;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Endpoints;
using Gateway.Grains.Endpoints.Probes;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Endpoints;

public sealed class ActiveProbeHealthProperties
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<ProbeAnswer> Answers = Gen.Elements(
        ProbeAnswer.Connected, ProbeAnswer.None, ProbeAnswer.Of(UpstreamFailure.ConnectFailed), ProbeAnswer.Of(UpstreamFailure.ServerError));

    [Fact]
    public void Good_probes_change_nothing_about_a_circuit_that_requests_move() =>
        Properties.Check(HealthSchedule.Histories, history =>
        {
            var now = Start;
            var plain = new EndpointHealth();
            var probed = new EndpointHealth { ActiveProbe = ProbeKind.Models };
            foreach (var step in history)
            {
                switch (step)
                {
                    case HealthSchedule.Step.Outcomes outcomes:
                        plain.Record(now, outcomes.Runs, "key", null);
                        probed.Record(now, outcomes.Runs, "key", null);
                        break;
                    case HealthSchedule.Step.Pause pause:
                        now += pause.Length;
                        break;
                }

                probed.Verdict("a", now, 1).Should().Be(plain.Verdict("a", now, 1));
                if (plain.Verdict("a", now, 1).Circuit != CircuitState.Closed)
                {
                    return;
                }

                if (probed.TryBeginActiveProbe(now, out var permit))
                {
                    permit.Should().BeNull("a closed circuit has no half-open turn");
                    probed.RecordActiveProbe(now, ProbeKind.Models, ProbeAnswer.Connected, permit);
                }
            }
        });

    [Fact]
    public void Requests_and_probes_never_try_an_open_endpoint_at_once_nor_before_its_time() =>
        Properties.Check(HealthSchedule.Histories.SelectMany(steps => Gen.ListOf(Answers, steps.Count).Select(answers => steps.Zip(answers).ToList())), history =>
        {
            var now = Start;
            var health = new EndpointHealth { ActiveProbe = ProbeKind.Models };
            ProbePermit? live = null;
            foreach (var (step, answer) in history)
            {
                var before = health.Verdict("a", now, 1);
                switch (step)
                {
                    case HealthSchedule.Step.Outcomes outcomes:
                        health.Record(now, outcomes.Runs, "key", null);
                        break;
                    case HealthSchedule.Step.Pause pause:
                        now += pause.Length;
                        break;
                    case HealthSchedule.Step.TryProbe:
                        Check(before, health.TryBeginProbe(now));
                        break;
                    case HealthSchedule.Step.SettleProbe settle when live is not null:
                        health.Record(now, [settle.Outcome], "key", live.ProbeId);
                        live = null;
                        break;
                    default:
                        if (health.TryBeginActiveProbe(now, out var permit))
                        {
                            Check(before, permit);
                            health.RecordActiveProbe(now, ProbeKind.Models, answer, permit);
                            live = permit is null ? live : null;
                        }

                        break;
                }
            }

            void Check(EndpointVerdict before, ProbePermit? permit)
            {
                if (permit is null)
                {
                    return;
                }

                (live is null || now >= live.ValidUntil || before.Circuit == CircuitState.Closed).Should().BeTrue("a live probe keeps others away");
                (before.OpenUntil is null || now >= before.OpenUntil).Should().BeTrue("an open circuit lets nobody through before its time");
                live = permit;
            }
        });
}
