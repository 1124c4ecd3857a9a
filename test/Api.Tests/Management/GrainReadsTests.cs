using Gateway.Api.Cluster;
using Gateway.Api.Management;
using Gateway.Testing;

namespace Gateway.Api.Tests.Management;

public sealed class GrainReadsTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public async Task A_read_that_throws_or_hangs_is_no_answer()
    {
        var reads = new GrainReads(new GrainCallCounts(), time);
        var hanging = reads.TryAsync(() => new TaskCompletionSource<string>().Task, CancellationToken.None);

        (await reads.TryAsync<string>(() => throw new TimeoutException(), CancellationToken.None)).Should().BeNull();
        time.Advance(GrainReads.Patience);
        (await hanging).Should().BeNull();
    }

    [Fact]
    public async Task A_caller_that_went_away_is_not_taken_for_a_silent_owner()
    {
        using var gone = new CancellationTokenSource();
        var read = new GrainReads(new GrainCallCounts(), time).TryAsync(() => new TaskCompletionSource<string>().Task, gone.Token);

        await gone.CancelAsync();

        await read.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task A_list_keeps_its_order_and_never_has_more_than_64_reads_under_way()
    {
        var underWay = 0;
        var most = 0;
        var reads = new GrainReads(new GrainCallCounts(), TimeProvider.System);

        var answers = await reads.TryAllAsync<int, string>(
            [.. Enumerable.Range(0, 1_000)],
            async key =>
            {
                var now = Interlocked.Increment(ref underWay);
                most = Math.Max(most, now);
                await Task.Yield();
                Interlocked.Decrement(ref underWay);
                return key.ToString(System.Globalization.CultureInfo.InvariantCulture);
            },
            TestContext.Current.CancellationToken);

        answers.Select((answer, index) => answer == index.ToString(System.Globalization.CultureInfo.InvariantCulture)).Should().OnlyContain(same => same);
        most.Should().BeInRange(1, GrainReads.Parallelism);
    }

    [Fact]
    public async Task A_list_of_silent_owners_ends_within_its_own_bound()
    {
        var reads = new GrainReads(new GrainCallCounts(), time);
        var list = reads.TryAllAsync<int, string>([.. Enumerable.Range(0, 5_000)], _ => new TaskCompletionSource<string>().Task, CancellationToken.None);

        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
                return list.IsCompleted;
            },
            "the list ends");

        (await list).Should().OnlyContain(answer => answer == null);
        time.GetUtcNow().Should().BeBefore(new DateTimeOffset(2026, 1, 1, 0, 1, 0, TimeSpan.Zero));
    }
}
