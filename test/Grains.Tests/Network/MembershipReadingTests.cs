using Gateway.Grains.Network;
using Gateway.Testing;

namespace Gateway.Grains.Tests.Network;

public sealed class MembershipReadingTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Membership _membership = new();
    private readonly MembershipReading _reading;

    public MembershipReadingTests() => _reading = new(_membership, _time);

    [Fact]
    public void It_is_fresh_for_a_while_after_each_look_that_succeeded()
    {
        _reading.IsFresh.Should().BeFalse("nothing was read");
        _reading.Look();
        _reading.IsFresh.Should().BeTrue();

        _membership.Answer = Task.FromException(new TimeoutException("Redis is away."));
        Pass(MembershipReading.FreshFor);
        _reading.IsFresh.Should().BeTrue();
        Pass(TimeSpan.FromSeconds(1));
        _reading.IsFresh.Should().BeFalse();

        _membership.Answer = Task.CompletedTask;
        _reading.Look();
        _reading.IsFresh.Should().BeTrue();
    }

    [Fact]
    public void A_look_that_hangs_is_the_only_one_and_counts_from_its_beginning()
    {
        var hangs = new TaskCompletionSource();
        _membership.Answer = hangs.Task;
        _reading.Look();
        Pass(TimeSpan.FromSeconds(10));

        _membership.Asked.Should().Be(1);
        hangs.SetResult();
        _reading.IsFresh.Should().BeFalse("what it tells is ten seconds old");
    }

    [Fact]
    public void One_process_alone_has_nobody_to_lose() => new MembershipReading(null, _time).IsFresh.Should().BeTrue();

    private void Pass(TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromSeconds(1))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _reading.Look();
        }
    }

    private sealed class Membership : IClusterMembershipService
    {
        public Task Answer { get; set; } = Task.CompletedTask;

        public int Asked { get; private set; }

        public ClusterMembershipSnapshot CurrentSnapshot => throw new NotSupportedException();

        // Orleans asks for these two.
        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => throw new NotSupportedException();

        public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();

        public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default)
        {
            Asked++;
            return new(Answer);
        }
    }
}
