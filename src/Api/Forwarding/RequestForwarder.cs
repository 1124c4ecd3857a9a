using System.Runtime.CompilerServices;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Admission;
using Gateway.Api.Authorization;
using Gateway.Api.Errors;
using Gateway.Api.Forwarding.Answers;
using Gateway.Api.Forwarding.Attempts;
using Gateway.Api.Forwarding.Upstream;
using Gateway.Api.Routing;
using Gateway.Api.Streaming;
using Gateway.Api.Usage.Accounting;

namespace Gateway.Api.Forwarding;

/// <summary>Brings a request to an upstream, and to another one when the first is bad.</summary>
/// <remarks>
/// 1. Refuse what has no entry to go to, before anything is asked of limits. Open the account: limits are held, or the request is refused. Choose an
///    entry.
/// 2. Take the attempt's share of the entry's provider account; one that is full counts as tried, not as an attempt. Write the intent into
///    the journal, anew where a later attempt holds something. Make the attempt. One that refused only what the gateway added is repeated without the addition.
/// 3. An answer went to the caller: done. The caller went away: done. The upstream finds the request at fault: pass that on.
/// 4. Any other failure: if its kind allows it, and neither the attempts nor the node's retry budget are spent, choose an
///    entry that was not tried and go on with 2.
/// 5. No other entry, but the only one closed the connection before it answered: once more, it may have been an idle
///    connection at its end.
/// 6. Tell the caller what came of it.
/// </remarks>
internal sealed class RequestForwarder(Router router, RequestAccounts accounts, AttemptRunner attempts, StreamResponseFactory streams, RequestLog log, TimeProvider time)
{
    public ValueTask ForwardAsync(ForwardRequest request) => request.Peeked.Stream ? StreamAsync(request) : RunAsync(request, null);

    private async ValueTask StreamAsync(ForwardRequest request)
    {
        await using var stream = streams.Create(request.Context, request.Operation);
        request.Context.Response.OnStarting(
            static state =>
            {
                ((ForwardRequest)state).WriteHeaders();
                return Task.CompletedTask;
            },
            request);
        stream.BeginWaiting();
        await RunAsync(request, stream);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask RunAsync(ForwardRequest request, StreamResponse? stream)
    {
        if (request.Route.Candidates.IsEmpty)
        {
            await AnswerAsync(request, stream, FinalAnswer.Blocked(request.Route.Blocked, request.Route.Model));
            return;
        }

        using var deadline = new AttemptDeadline(time, request.Context.RequestAborted);
        var opening = await accounts.OpenAsync(request);
        if (opening.Account is not { } account)
        {
            await AnswerAsync(request, stream, opening.Error ?? FinalAnswer.Blocked(opening.Choice ?? default, request.Route.Model));
            return;
        }

        request.Account = account;
        using (account)
        {
            await RunAsync(request, stream, account, opening.Choice, deadline);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask RunAsync(ForwardRequest request, StreamResponse? stream, RequestAccount account, RouteChoice? chosen, AttemptDeadline deadline)
    {
        var choice = chosen ?? await router.ChooseAsync(request.Route, request.Caller, request.Operation, [], request.Id, request.Context.RequestAborted);
        if (choice.Candidate is null)
        {
            await AnswerAsync(request, stream, FinalAnswer.Blocked(choice, request.Route.Model));
            return;
        }

        List<FailedAttempt>? failures = null;
        List<RouteCandidate>? tried = null;
        TimeSpan? fullFor = null;
        var holdsRetry = false;
        try
        {
            while (true)
            {
                var candidate = choice.Candidate!;
                AttemptOutcome taking;
                try
                {
                    taking = await account.TryTakeAttemptAsync(candidate, request.Context.RequestAborted);
                }
                catch
                {
                    // A probe that nobody makes would keep the entry half-open until its permit lapses.
                    choice.GiveUp();
                    throw;
                }

                if (taking.Attempt is not { } attempt)
                {
                    choice.GiveUp();
                    if (taking.Error is { } refused)
                    {
                        await AnswerAsync(request, stream, refused);
                        return;
                    }

                    fullFor = fullFor < taking.FullFor ? fullFor : taking.FullFor;
                    (tried ??= []).Add(candidate);
                    choice = await ChooseAsync(request, stream, tried);
                    if (choice.Candidate is null)
                    {
                        await AnswerAsync(request, stream, FinalAnswer.After(failures ?? [], choice, fullFor, request.Route.Model));
                        return;
                    }

                    continue;
                }

                if (!account.TryBegin(candidate, attempt))
                {
                    choice.GiveUp();
                    await AnswerAsync(request, stream, UsageErrors.JournalUnavailable());
                    return;
                }

                if (request.Attempts == 0)
                {
                    router.CountRequest();
                }
                else if (holdsRetry)
                {
                    router.Retries.Count();
                    holdsRetry = false;
                }

                var failed = await attempts.RunAsync(request, stream, choice, deadline, plain: false);
                if (failed is { AskAgainPlainly: true })
                {
                    failed = await attempts.RunAsync(request, stream, RouteChoice.Of(failed.Candidate), deadline, plain: true);
                }

                if (failed is null)
                {
                    return;
                }

                account.EndAttempt(failed.Failure, failed.Status, failed.WasNotHeardOut);
                if (failed.Failure is UpstreamFailure.CallerGone)
                {
                    return;
                }

                if (failed.Failure is UpstreamFailure.None)
                {
                    await AnswerAsync(request, stream, FinalAnswer.PassedOn(failed));
                    return;
                }

                log.AttemptFailed(request, failed);
                (failures ??= []).Add(failed);
                (tried ??= []).Add(failed.Candidate);
                var next = await NextAsync(request, stream, failed, failures.Count, tried);
                if (next.Candidate is null)
                {
                    await AnswerAsync(request, stream, FinalAnswer.After(failures, next, fullFor, request.Route.Model));
                    return;
                }

                choice = next;
                holdsRetry = true;
            }
        }
        finally
        {
            if (holdsRetry)
            {
                router.Retries.GiveBack();
            }
        }
    }

    /// <param name="attemptsMade">One that was repeated without an addition is one.</param>
    /// <param name="tried">Also entries whose accounts were full.</param>
    /// <returns>With a candidate: a retry is reserved. Without: stop; blocked by None when more was not allowed, else there is no other entry.</returns>
    private async ValueTask<RouteChoice> NextAsync(ForwardRequest request, StreamResponse? stream, FailedAttempt failed, int attemptsMade, List<RouteCandidate> tried)
    {
        if (!FailoverRule.Allows(failed, stream is not null))
        {
            return default;
        }

        if (attemptsMade >= FailoverRule.MaxAttempts)
        {
            // Of an entry that has several keys each that was tried is in the list.
            var allTried = request.Route.Candidates.All(entry => tried.Exists(one => one.Endpoint == entry.Endpoint && one.Model == entry.Model));
            return RouteChoice.Block(allTried ? RouteBlock.AllTried : RouteBlock.None);
        }

        var next = await ChooseAsync(request, stream, tried);
        if (next.Candidate is null && !(MaySameAgain(request, failed) && attempts.HasTimeLeft(request, failed.Candidate, stream is not null)))
        {
            return next;
        }

        // Only for a retry that can be made: a model without another entry must not use up the retries of those that have one.
        if (!router.Retries.TryReserve())
        {
            next.GiveUp();
            return next.Candidate is null ? next : default;
        }

        return next.Candidate is null ? RouteChoice.Of(failed.Candidate) : next;
    }

    /// <summary>An entry that was not tried. One whose own time is over would be given nothing, and counts as tried.</summary>
    private async ValueTask<RouteChoice> ChooseAsync(ForwardRequest request, StreamResponse? stream, List<RouteCandidate> tried)
    {
        while (true)
        {
            var choice = await router.ChooseAsync(request.Route, request.Caller, request.Operation, tried, request.Id, request.Context.RequestAborted);
            if (choice.Candidate is not { } candidate || attempts.HasTimeLeft(request, candidate, stream is not null))
            {
                return choice;
            }

            choice.GiveUp();
            tried.Add(candidate);
        }
    }

    private static bool MaySameAgain(ForwardRequest request, FailedAttempt failed) =>
        FailoverRule.AllowsSameAgain(failed, request.Attempts) && AccessPolicy.Allows(request.Caller, failed.Candidate, request.Route.Route, request.Operation);

    private Task AnswerAsync(ForwardRequest request, StreamResponse? stream, GatewayError error)
    {
        request.ReleaseBody();
        request.AnsweredBy(error.UpstreamRequestId);
        request.Account?.CloseWithout(error.Status);
        log.Refused(request.Context, request.Caller, error);
        if (stream is not null)
        {
            return stream.FailAsync(error);
        }

        request.WriteHeaders();
        return ErrorWriter.WriteAsync(request.Context, error);
    }
}
