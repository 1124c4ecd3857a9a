using FsCheck;
using FsCheck.Fluent;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Routing.Health;

namespace Gateway.Api.Tests.Routing.Health;

public sealed class OutcomeLogTests
{
    private static readonly UpstreamFailure[] Kinds = [UpstreamFailure.None, UpstreamFailure.ServerError, UpstreamFailure.ConnectFailed];

    [Fact]
    public void Short_histories_come_out_in_order_and_whole() => Prop.ForAll(
        Gen.Elements(Kinds).ListOf().Select(kinds => kinds.Take(OutcomeLog.MaximumRuns).ToArray()).ToArbitrary(),
        outcomes =>
        {
            var log = new OutcomeLog();
            foreach (var outcome in outcomes)
            {
                Add(log, outcome);
            }

            var told = (log.Take()?.Runs ?? []).SelectMany(run => Enumerable.Repeat(run.Failure, run.Count));
            return told.SequenceEqual(outcomes) && log.IsEmpty;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public async Task No_outcome_is_lost_or_told_twice_while_threads_add_and_another_takes()
    {
        var log = new OutcomeLog();
        var told = new Dictionary<UpstreamFailure, int>();
        var adding = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () =>
            {
                for (var i = 0; i < 6_000; i++)
                {
                    Add(log, Kinds[i % Kinds.Length]);
                }
            },
            TestContext.Current.CancellationToken)));

        while (!adding.IsCompleted || !log.IsEmpty)
        {
            foreach (var run in log.Take()?.Runs ?? [])
            {
                told[run.Failure] = told.GetValueOrDefault(run.Failure) + run.Count;
            }

            await Task.Yield();
        }

        await adding;
        told.Should().BeEquivalentTo(Kinds.ToDictionary(kind => kind, _ => 8_000));
    }

    [Fact]
    public void The_last_retry_after_of_a_run_is_told()
    {
        var log = new OutcomeLog();
        log.AddFailure(UpstreamFailure.RateLimited, TimeSpan.FromSeconds(3));
        log.AddFailure(UpstreamFailure.RateLimited, TimeSpan.FromSeconds(9));

        log.Take()!.Runs.Should().ContainSingle().Which.Should().Be(
            new OutcomeRun { Failure = UpstreamFailure.RateLimited, Count = 2, RetryAfter = TimeSpan.FromSeconds(9) });
    }

    [Theory]
    [InlineData(60, null, 60)]
    [InlineData(null, 60, 60)]
    [InlineData(9, 3, 9)]
    [InlineData(2, null, null)]
    [InlineData(null, null, null)]
    public void Of_several_pauses_of_a_run_the_longest_is_told_and_none_counts_as_the_usual_one(int? first, int? second, int? told)
    {
        var log = new OutcomeLog();
        log.AddFailure(UpstreamFailure.RateLimited, Seconds(first));
        log.AddFailure(UpstreamFailure.RateLimited, Seconds(second));

        log.Take()!.Runs.Should().ContainSingle().Which.RetryAfter.Should().Be(Seconds(told));
    }

    [Fact]
    public void A_503_that_names_a_time_is_not_put_together_with_one_that_names_none()
    {
        var log = new OutcomeLog();
        log.AddFailure(UpstreamFailure.Unavailable, TimeSpan.FromSeconds(30));
        log.AddFailure(UpstreamFailure.Unavailable, null);
        log.AddFailure(UpstreamFailure.Unavailable, null);

        log.Take()!.Runs.Select(run => (run.Count, run.RetryAfter)).Should().Equal((1, TimeSpan.FromSeconds(30)), (2, null));
    }

    private static TimeSpan? Seconds(int? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;

    [Fact]
    public void A_batch_says_which_failures_it_covers()
    {
        var log = new OutcomeLog();
        log.AddFailure(UpstreamFailure.ServerError, null);
        var taken = log.Take()!;

        taken.Failures.Should().Be(log.Failures);
        log.AddFailure(UpstreamFailure.ServerError, null);
        taken.Failures.Should().BeLessThan(log.Failures);
    }

    [Fact]
    public void Successes_alone_are_not_urgent()
    {
        var log = new OutcomeLog();
        log.IsEmpty.Should().BeTrue();

        log.AddSuccess();

        log.HasUrgent.Should().BeFalse();
        log.IsEmpty.Should().BeFalse();
    }

    [Fact]
    public void Rejected_requests_are_told_apart_from_successes_and_are_not_urgent()
    {
        var log = new OutcomeLog();
        log.AddRejection();
        log.HasUrgent.Should().BeFalse();
        log.IsEmpty.Should().BeFalse();

        log.AddSuccess();
        log.AddRejection();

        log.Take()!.Runs.Should().Equal(
            new OutcomeRun { Failure = UpstreamFailure.None, Count = 1 }, new OutcomeRun { Failure = UpstreamFailure.None, Count = 2, Rejected = true });
        log.IsEmpty.Should().BeTrue();
    }

    [Fact]
    public void Refusals_of_different_keys_stay_apart()
    {
        var log = new OutcomeLog();
        log.AddFailure(UpstreamFailure.KeyRefused, null, "first");
        log.AddFailure(UpstreamFailure.KeyRefused, null, "second");
        log.AddFailure(UpstreamFailure.KeyRefused, null, "second");

        log.Take()!.Runs.Select(run => (run.KeyFingerprint, run.Count)).Should().Equal(("first", 1), ("second", 2));
    }

    private static void Add(OutcomeLog log, UpstreamFailure outcome)
    {
        if (outcome is UpstreamFailure.None)
        {
            log.AddSuccess();
        }
        else
        {
            log.AddFailure(outcome, null);
        }
    }
}
