using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Gateway.Api.Admission.Accounts;
using Gateway.Api.Admission.Answers;
using Gateway.Api.Admission.Stocks;
using Gateway.Api.Admission.Subjects;
using Gateway.Api.Authentication;
using Gateway.Api.Errors;
using Gateway.Api.Routing;
using Gateway.Silo.Settings.Limits;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Admission;

/// <summary>Lets requests in within all limits that hold for them.</summary>
/// <remarks>
/// 1. <see cref="Resolve"/>: who is charged. What bounds a single request (body, output) is known from here on.
/// 2. <see cref="AdmitAsync"/>: a free permit of any entry, which is the only thing waited for; then all subjects in one parallel try without
///    waiting, or after those that refused lately, and before those with a rate. Whatever is refused gives everything back.
/// 3. <see cref="AdmittedRequest.TryTakeAttemptAsync"/>, just before each upstream call: leases are checked once more, and the rates of the entry's account taken.
/// 4. <see cref="AdmittedRequest.Settle"/> when it is known what the request took; <see cref="AdmittedRequest.Dispose"/> gives back what was not settled.
/// </remarks>
internal sealed class AdmissionController(
    SubjectResolver resolver, AccountDirectory accounts, EntryPermits permits, IOptions<LimitsOptions> options, TimeProvider time)
{
    /// <param name="project">Value of the header <c>x-gateway-project</c>; null: it was not sent.</param>
    /// <returns>Null: see the error.</returns>
    public CallerLimits? Resolve(Caller caller, string? project, out GatewayError? error) => resolver.Resolve(caller, project, out error);

    /// <summary>Null: the body is not larger than the caller's limits allow.</summary>
    public static GatewayError? CheckBody(CallerLimits limits, long bytes) =>
        bytes > limits.MaxBodyBytes ? LimitErrors.BodyTooLarge(limits.MaxBodyBytes.Value) : null;

    /// <summary>False: nobody counts tokens or money of this request, neither its caller's side nor an account that it may go to.</summary>
    public bool NeedsEstimate(CallerLimits limits, ImmutableArray<RouteCandidate> candidates) => !limits.IsUncounted || accounts.HasWindows(candidates);

    /// <summary>Completes synchronously, without a call, while all that is needed is in stock.</summary>
    public ValueTask<AdmissionOutcome> AdmitAsync(in AdmissionRequest request, CancellationToken cancellationToken)
    {
        var needsPermit = accounts.HasConcurrency(request.Route.Candidates);
        if (!needsPermit && request.Limits is { IsUncounted: true, MaxOutputTokens: null })
        {
            return new(new AdmissionOutcome(new AdmittedRequest(this, request.Limits, request.Estimate, null, null), null, null));
        }

        return AdmitAsync(request, needsPermit, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<AdmissionOutcome> AdmitAsync(AdmissionRequest request, bool needsPermit, CancellationToken cancellationToken)
    {
        var limits = request.Limits;
        var estimate = limits.MaxOutputTokens is { } maximum ? request.Estimate.WithCap(maximum) : request.Estimate;
        if (FindMissingCap(limits, estimate) is { } missing)
        {
            return new AdmissionOutcome(null, missing, null);
        }

        var entry = needsPermit ? await permits.TakeAsync(request, cancellationToken) : default;
        if (entry.Error is not null || (needsPermit && entry.Choice.Candidate is null))
        {
            return new AdmissionOutcome(null, entry.Error, entry.Error is null ? entry.Choice : null);
        }

        var admission = new AdmittedRequest(this, limits, estimate, entry.Permit, entry.Permit is null ? null : accounts.FindConcurrency(entry.Choice.Candidate!));
        try
        {
            if (await TakeSubjectsAsync(admission, cancellationToken) is { } refused)
            {
                admission.Dispose();
                entry.Choice.GiveUp();
                return new AdmissionOutcome(null, refused, null);
            }
        }
        catch
        {
            admission.Dispose();
            entry.Choice.GiveUp();
            throw;
        }

        admission.FitOutput();
        return new AdmissionOutcome(admission, null, needsPermit ? entry.Choice : null);
    }

    /// <summary>
    /// All subjects of which the admission holds nothing: at once, but after those that refused lately, and those with a rate after all others,
    /// since what was taken of a rate cannot be given back. An error: some refused; what others granted is in the admission.
    /// </summary>
    internal ValueTask<GatewayError?> TakeSubjectsAsync(AdmittedRequest admission, CancellationToken cancellationToken)
    {
        if (admission.Limits.TakesInTurn)
        {
            return TakeInTurnAsync(admission, cancellationToken);
        }

        foreach (var subject in admission.Limits.Counted)
        {
            if (subject.Stock.HasRefusedLately)
            {
                return TakeInTurnAsync(admission, cancellationToken);
            }
        }

        return TakeAsync(admission, static _ => true, cancellationToken);
    }

    private async ValueTask<GatewayError?> TakeInTurnAsync(AdmittedRequest admission, CancellationToken cancellationToken) =>
        await TakeAsync(admission, static subject => subject.Stock.HasRefusedLately, cancellationToken)
        ?? await TakeAsync(admission, static subject => !subject.HasRate, cancellationToken)
        ?? await TakeAsync(admission, static _ => true, cancellationToken);

    private ValueTask<GatewayError?> TakeAsync(AdmittedRequest admission, Func<ChargedSubject, bool> isNext, CancellationToken cancellationToken)
    {
        var subjects = admission.Limits.Counted;
        Task<StockOutcome>?[]? waiting = null;
        GatewayError? error = null;
        for (var index = 0; index < subjects.Length; index++)
        {
            if (admission.Holds(index) || !isNext(subjects[index]))
            {
                continue;
            }

            var taking = subjects[index].TakeAsync(admission.Estimate, StockParts.All, cancellationToken);
            if (taking.IsCompletedSuccessfully)
            {
                var outcome = taking.Result;
                error = Worse(error, TakeIn(admission, index, outcome));
            }
            else
            {
                (waiting ??= new Task<StockOutcome>?[subjects.Length])[index] = taking.AsTask();
            }
        }

        return waiting is null ? new(error) : WaitForSubjectsAsync(admission, waiting, error, cancellationToken);
    }

    internal AccountDirectory Accounts => accounts;

    internal EntryPermits Permits => permits;

    internal TimeProvider Time => time;

    internal bool IsOpenOnOutage => options.Value.OpenOnOutage;

    private async ValueTask<GatewayError?> WaitForSubjectsAsync(AdmittedRequest admission, Task<StockOutcome>?[] waiting, GatewayError? error, CancellationToken cancellationToken)
    {
        Exception? left = null;
        for (var index = 0; index < waiting.Length; index++)
        {
            if (waiting[index] is not { } taking)
            {
                continue;
            }

            try
            {
                var outcome = await taking;
                error = Worse(error, TakeIn(admission, index, outcome));
            }
            catch (OperationCanceledException gone)
            {
                // The others must be waited for all the same: what they grant has to go back.
                left = gone;
            }
        }

        return left is null ? error : throw left;
    }

    private GatewayError? TakeIn(AdmittedRequest admission, int index, in StockOutcome outcome)
    {
        switch (outcome.Result)
        {
            case StockResult.Granted:
                admission.Take(index, outcome.Reservation!);
                return null;
            case StockResult.Unreachable when IsOpenOnOutage:
                admission.Take(index, StockReservation.Uncounted);
                return null;
            default:
                return LimitErrors.Of(admission.Limits.Counted[index].Shown, outcome, admission.Estimate);
        }
    }

    /// <summary>What keeps the caller out longest is what it has to know.</summary>
    private static GatewayError? Worse(GatewayError? a, GatewayError? b) => a is null ? b : b is null ? a : Weight(b).CompareTo(Weight(a)) > 0 ? b : a;

    private static (int Kind, DateTimeOffset ResetAt, TimeSpan Wait) Weight(GatewayError error) =>
        (error.Status == StatusCodes.Status402PaymentRequired ? 2 : error.ShouldRetry is false ? 1 : 0, error.ResetAt ?? default, error.RetryAfter ?? default);

    private static GatewayError? FindMissingCap(CallerLimits limits, in AdmissionEstimate estimate)
    {
        if (!limits.NeedsBounds || estimate.OutputTokens is not null)
        {
            return null;
        }

        foreach (var subject in limits.Counted)
        {
            foreach (var window in subject.Limits.Windows)
            {
                if (window.IsHard && estimate.NeedsCap(window.Unit))
                {
                    return LimitErrors.CapNeeded(subject.Shown, window, estimate.CapName);
                }
            }
        }

        return null;
    }
}
