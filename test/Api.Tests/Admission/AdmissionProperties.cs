using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Admission;
using Gateway.Api.Tests.Admission.Fakes;

namespace Gateway.Api.Tests.Admission;

/// <summary>Random requests over random faults on two nodes: what must hold whatever happens.</summary>
public sealed class AdmissionProperties
{
    private const string Key = "user:local/alice";

    private static readonly Gen<Step> Steps =
        from kind in Gen.Frequency((6, Gen.Constant(StepKind.Admit)), (5, Gen.Constant(StepKind.End)), (2, Gen.Constant(StepKind.Pass)), (1, Gen.Constant(StepKind.Fault)), (1, Gen.Constant(StepKind.Restart)))
        from number in Gen.Choose(0, 1000)
        select new Step(kind, number);

    private static readonly Gen<Step> BusySteps =
        from kind in Gen.Frequency((4, Gen.Constant(StepKind.Busy)), (2, Gen.Constant(StepKind.Admit)), (2, Gen.Constant(StepKind.End)), (1, Gen.Constant(StepKind.Pass)), (2, Gen.Constant(StepKind.Fault)), (1, Gen.Constant(StepKind.Restart)))
        from number in Gen.Choose(0, 1000)
        select new Step(kind, number);

    [Fact]
    public void What_is_counted_in_the_end_is_what_was_settled_and_nothing_is_held() => Prop.ForAll(
        Steps.ListOf().Select(steps => steps.Take(40).ToArray()).ToArbitrary(),
        steps => RunAsync(steps, 60, """{"requests_per_day":60,"tokens_per_day":100000,"concurrency":4,"budgets":[{"usd":1,"window":"month"}]}""")).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    /// <summary>With room and without concurrency, so that stocks are filled up beside the requests.</summary>
    [Fact]
    public void So_it_is_while_requests_keep_coming() => Prop.ForAll(
        BusySteps.ListOf().Select(steps => steps.Take(15).ToArray()).ToArbitrary(),
        steps => RunAsync(steps, 700, """{"requests_per_day":700,"tokens_per_day":10000000,"budgets":[{"usd":100,"window":"month"}]}""")).Check(Config.QuickThrowOnFailure.WithMaxTest(25));

    private static async Task<bool> RunAsync(Step[] steps, int requests, string limits)
    {
        await using var one = await new AdmissionBench().WithAsync(Key, limits);
        await using var other = new AdmissionBench(beside: one);
        await other.RefreshAsync();
        AdmissionBench[] nodes = [one, other];
        var running = new List<(AdmittedRequest Request, AttemptAdmission Attempt)>();
        var settled = default(ActualUse);
        foreach (var step in steps)
        {
            var node = nodes[step.Number % 2];
            switch (step.Kind)
            {
                case StepKind.Admit:
                    var outcome = await RunAsync(nodes, node.AdmitAsync(estimate: Estimate(step.Number)));
                    if (outcome.Admission is { } admitted)
                    {
                        var attempt = await RunAsync(nodes, node.Run(() => admitted.TryTakeAttemptAsync(node.Route.Candidates[0], default).AsTask()));
                        if (attempt.Attempt is null)
                        {
                            admitted.Dispose();
                        }
                        else
                        {
                            running.Add((admitted, attempt.Attempt));
                        }
                    }

                    break;
                case StepKind.Busy:
                    settled = await ServeSteadilyAsync(nodes, node, step.Number, settled);
                    break;
                case StepKind.End when running.Count > 0:
                    settled = End(running, step.Number, settled);
                    break;
                case StepKind.Pass:
                    await PassAsync(nodes, 1 + (step.Number % 30));
                    break;
                case StepKind.Fault:
                    one.Subject(Key).Fates.Enqueue((CallFate)(step.Number % 7));
                    break;
                case StepKind.Restart:
                    one.Subject(Key).Restart();
                    break;
            }

            if (one.Subject(Key).Limits is { Concurrency: not null } && one.Subject(Key).PermitsOut < running.Count)
            {
                throw new InvalidOperationException("More run than hold a permit.");
            }
        }

        while (running.Count > 0)
        {
            settled = End(running, 3, settled);
        }

        one.Subject(Key).Fates.Clear();
        await PassAsync(nodes, 20);
        var grain = one.Subject(Key);
        return grain.Used("requests_per_day") == settled.Requests
            && settled.Requests <= requests
            && grain.Used("tokens_per_day") == settled.InputTokens + settled.OutputTokens
            && grain.Used("budget/usd/month") == settled.NanoUsd
            && grain.Reserved("requests_per_day") == 0 && grain.Reserved("tokens_per_day") == 0 && grain.Reserved("budget/usd/month") == 0
            && grain.PermitsOut == 0;
    }

    /// <summary>Twenty requests in a second.</summary>
    private static async Task<ActualUse> ServeSteadilyAsync(AdmissionBench[] nodes, AdmissionBench node, int number, ActualUse settled)
    {
        for (var request = 0; request < 20; request++)
        {
            var outcome = await RunAsync(nodes, node.AdmitAsync(estimate: Estimate(number + request)));
            if (outcome.Admission is { } admitted && (await RunAsync(nodes, node.Run(() => admitted.TryTakeAttemptAsync(node.Route.Candidates[0], default).AsTask()))).Attempt is { } attempt)
            {
                settled = End([(admitted, attempt)], number + request, settled);
            }

            if (request % 2 == 1)
            {
                await PassAsync(nodes, 1);
            }
        }

        return settled;
    }

    private static AdmissionEstimate Estimate(int number) => new()
    {
        InputTokens = 1 + (number % 50),
        InputTokensGuess = 1 + (number % 20),
        OutputTokens = 16 + (number % 200),
        OutputTokensGuess = number % 100,
        InputNanoUsd = 100,
        NanoUsdPerOutputToken = 10_000,
        NanoUsdGuess = 1000,
    };

    private static ActualUse End(List<(AdmittedRequest Request, AttemptAdmission Attempt)> running, int number, in ActualUse settled)
    {
        var index = number % running.Count;
        var (request, attempt) = running[index];
        running.RemoveAt(index);
        attempt.Dispose();
        var actual = number % 5 == 0 ? ActualUse.None : new ActualUse(1, number % 90, number % 300, number % 7000);
        request.Settle(actual);
        request.Dispose();
        return new ActualUse(settled.Requests + actual.Requests, settled.InputTokens + actual.InputTokens, settled.OutputTokens + actual.OutputTokens, settled.NanoUsd + actual.NanoUsd);
    }

    private static async Task<T> RunAsync<T>(AdmissionBench[] nodes, Task<T> task)
    {
        await PassAsync(nodes, 0);
        while (!task.IsCompleted)
        {
            await PassAsync(nodes, 1);
        }

        return await task;
    }

    private static async Task PassAsync(AdmissionBench[] nodes, int ticks)
    {
        for (var tick = 0; tick < ticks; tick++)
        {
            nodes[1].Tick();
            await nodes[0].PassAsync(Gateway.Api.Admission.Stocks.StockRules.Tick);
        }

        nodes[1].Session.Renewed(nodes[1].Time.GetTimestamp());
    }

    private enum StepKind
    {
        Admit,
        Busy,
        End,
        Pass,
        Fault,
        Restart,
    }

    private sealed record Step(StepKind Kind, int Number);
}
