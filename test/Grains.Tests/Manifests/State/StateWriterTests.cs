using Gateway.Abstractions;
using Gateway.Grains.Manifests.State;
using Gateway.Grains.Tests.Support;
using Orleans.Storage;
using Gateway.Testing;

namespace Gateway.Grains.Tests.Manifests.State;

public sealed class StateWriterTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FakeState _state = new();
    private int _conflicts;

    [Fact]
    public async Task A_change_holds_once_it_is_stored()
    {
        using var writer = Writer();
        var stored = 0;

        await writer.WriteAsync(text => text + "a", () => stored++, TestContext.Current.CancellationToken);

        _state.State.Should().Be("a");
        stored.Should().Be(1);
    }

    [Fact]
    public async Task A_change_that_could_not_be_stored_does_not_hold()
    {
        using var writer = Writer();
        _state.Write = () => throw new IOException("secret path");

        var problem = (await Write(writer, "a").Should().ThrowAsync<StorageUnavailableException>()).Which;

        _state.State.Should().BeEmpty();
        problem.Message.Should().NotContain("secret path");
    }

    [Fact]
    public async Task After_a_failure_what_is_stored_is_unknown_until_a_write_succeeds()
    {
        using var writer = Writer();
        writer.IsUncertain.Should().BeFalse();

        _state.Write = () => throw new IOException("disk full");
        await Write(writer, "a").Should().ThrowAsync<StorageUnavailableException>();
        writer.IsUncertain.Should().BeTrue();

        _state.Write = () => Task.CompletedTask;
        await Write(writer, "b")();
        writer.IsUncertain.Should().BeFalse();
    }

    [Fact]
    public async Task A_conflict_is_reported_and_does_not_hold()
    {
        using var writer = Writer();
        _state.Write = () => throw new InconsistentStateException("other");

        await Write(writer, "a").Should().ThrowAsync<StorageUnavailableException>();

        _conflicts.Should().Be(1);
        _state.State.Should().BeEmpty();
    }

    [Fact]
    public async Task A_write_that_hangs_is_given_up_after_a_second_but_keeps_its_place_and_is_applied_if_it_ends_well()
    {
        using var writer = Writer();
        var hang = new TaskCompletionSource();
        _state.Write = () => hang.Task;
        var stored = 0;
        var first = writer.WriteAsync(text => text + "a", () => stored++, TestContext.Current.CancellationToken);
        var second = writer.WriteAsync(text => text + "b", () => stored++, TestContext.Current.CancellationToken);

        _clock.Advance(TimeSpan.FromSeconds(1));
        await first.Invoking(task => task).Should().ThrowAsync<StorageUnavailableException>();
        await second.Invoking(task => task).Should().ThrowAsync<StorageUnavailableException>();
        stored.Should().Be(0);

        hang.SetResult();
        await Eventually.TrueAsync(() => stored == 1, "the first write is applied");
        _state.Write = () => Task.CompletedTask;
        await Write(writer, "c")();
        _state.State.Should().Be("ac");
    }

    private StateWriter<string> Writer() => new(_state, _clock, () => _conflicts++);

    private static Func<Task> Write(StateWriter<string> writer, string text) =>
        () => writer.WriteAsync(before => before + text, static () => { }, TestContext.Current.CancellationToken);

    private sealed class FakeState : IPersistentState<string>
    {
        public Func<Task> Write { get; set; } = () => Task.CompletedTask;

        public string State { get; set; } = "";

        public string? Etag => null;

        public bool RecordExists => false;

        public Task ClearStateAsync() => throw new NotSupportedException();

        public Task ReadStateAsync() => throw new NotSupportedException();

        public Task WriteStateAsync() => Write();
    }
}
