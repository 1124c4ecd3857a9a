using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime.Membership;

namespace Gateway.Runtime.Tests.Clustering;

public sealed class FailureDetectorTests
{
    private static readonly SiloAddress Suspect = SiloAddress.FromParsableString("10.0.0.9:1@1");

    private readonly FakeTimeProvider _clock = new();
    private readonly ClusterViews _views = new();
    private readonly ScriptedTransport _transport = new();

    [Fact]
    public async Task a_client_whose_calls_go_on_failing_asks_two_members_at_most_five_times_a_second()
    {
        _views.Publish(new(1, [Owner(Suspect), Owner(SiloAddress.FromParsableString("10.0.0.1:1@1")), Owner(SiloAddress.FromParsableString("10.0.0.2:1@1"))]));
        var client = new FailureDetector(_views, _transport, _clock, NullLogger<FailureDetector>.Instance);

        for (var round = 0; round < 5; round++)
        {
            var before = _transport.Suspicions;
            await Eventually.Holds(
                () =>
                {
                    client.Suspect(Suspect);
                    return _transport.Suspicions > before && _clock.ArmedTimers == 2;
                },
                "two members are asked, and it pauses");
            client.Suspect(Suspect);
            _transport.Suspicions.Should().Be(before + 2);
            _clock.Advance(TimeSpan.FromMilliseconds(200));
        }
    }

    private static ViewMember Owner(SiloAddress silo) => new(silo, SiloStatus.Active, silo.ToString(), IsOwner: true);
}
