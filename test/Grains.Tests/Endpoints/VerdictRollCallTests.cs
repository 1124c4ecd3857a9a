using Gateway.Abstractions.Endpoints;
using Gateway.Grains.Endpoints;

namespace Gateway.Grains.Tests.Endpoints;

public sealed class VerdictRollCallTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly FakeTimeProvider _time = new();
    private readonly Dictionary<string, TaskCompletionSource<EndpointVerdict>> _answers = [];
    private readonly Dictionary<string, int> _asked = [];
    private readonly List<string> _taken = [];
    private readonly VerdictRollCall _rollCall;

    public VerdictRollCallTests() => _rollCall = new VerdictRollCall(Ask, verdict => _taken.Add(verdict.EntryId), _time);

    [Fact]
    public async Task Who_is_silent_is_asked_again_until_it_answers()
    {
        var asking = _rollCall.AskAsync(["quick", "slow", "broken"], None);
        Answer("quick");
        _answers["broken"].SetException(new InvalidOperationException("its silo is gone"));
        await PassAsync(asking);
        _taken.Should().Equal("quick");

        var again = _rollCall.TickAsync(["quick", "slow", "broken"], None);
        Answer("broken");
        await PassAsync(again);
        _taken.Should().Equal("quick", "broken");

        again = _rollCall.TickAsync(["quick", "slow", "broken"], None);
        Answer("slow");
        await again;
        await _rollCall.TickAsync(["quick", "slow", "broken"], None);

        _taken.Should().Equal("quick", "broken", "slow");
        _asked.Should().BeEquivalentTo(new Dictionary<string, int> { ["quick"] = 1, ["slow"] = 3, ["broken"] = 2 });
    }

    [Fact]
    public async Task They_are_asked_again_one_round_after_the_other()
    {
        await PassAsync(_rollCall.AskAsync(["slow"], None));

        var again = _rollCall.TickAsync(["slow"], None);
        _rollCall.TickAsync(["slow"], None).Should().BeSameAs(again);

        Answer("slow");
        await again;
        _asked.Should().Contain("slow", 2);
    }

    [Fact]
    public async Task Who_is_no_longer_listed_is_forgotten()
    {
        await PassAsync(_rollCall.AskAsync(["slow"], None));

        await _rollCall.TickAsync(["other"], None);

        _asked.Should().Equal(new Dictionary<string, int> { ["slow"] = 1 });
    }

    [Fact]
    public async Task After_the_period_all_that_are_listed_are_asked()
    {
        _time.Advance(VerdictRollCall.Period - TimeSpan.FromMilliseconds(1));
        await _rollCall.TickAsync(["a", "b"], None);
        _asked.Should().BeEmpty();

        _time.Advance(TimeSpan.FromMilliseconds(1));
        var asking = _rollCall.TickAsync(["a", "b"], None);
        Answer("a");
        Answer("b");
        await asking;
        await _rollCall.TickAsync(["a", "b"], None);

        _asked.Should().Equal(new Dictionary<string, int> { ["a"] = 1, ["b"] = 1 });
    }

    [Fact]
    public async Task A_cancelled_one_says_so()
    {
        using var ending = new CancellationTokenSource();
        var asking = _rollCall.AskAsync(["slow"], ending.Token);

        await ending.CancelAsync();

        await FluentActions.Awaiting(() => asking).Should().ThrowAsync<OperationCanceledException>();
    }

    private Task<EndpointVerdict> Ask(string id)
    {
        _asked[id] = _asked.GetValueOrDefault(id) + 1;
        return (_answers[id] = new TaskCompletionSource<EndpointVerdict>()).Task;
    }

    private void Answer(string id) => _answers[id].SetResult(new EndpointVerdict { EntryId = id, Version = 1, Circuit = CircuitState.Closed });

    private Task PassAsync(Task asking)
    {
        _time.Advance(TimeSpan.FromMilliseconds(500));
        return asking;
    }
}
