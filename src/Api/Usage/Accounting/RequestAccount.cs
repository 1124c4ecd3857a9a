using System.Collections.Immutable;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Abstractions.Usage;
using Gateway.Api.Admission;
using Gateway.Api.Forwarding;
using Gateway.Api.Forwarding.Attempts;
using Gateway.Api.Routing;
using Gateway.Api.Usage.Estimates;
using Gateway.Api.Usage.Journal;
using Gateway.Api.Usage.Metering;
using Gateway.Api.Usage.Pricing;
using Gateway.Storage.Ledger;

namespace Gateway.Api.Usage.Accounting;

/// <summary>What one request may take, holds and has used. Used by one request; not thread-safe.</summary>
internal sealed class RequestAccount : IEntryChooser, IDisposable
{
    private readonly RequestAccounts _accounts;
    private readonly ForwardRequest _request;
    private readonly RequestForecast _forecast;
    private AdmittedRequest? _admitted;
    private JournalTicket _ticket;
    private bool _isWritten;
    private bool _isComplete;
    private ImmutableArray<UsageAttempt> _attempts = [];
    private AttemptAdmission? _attempt;
    private RouteCandidate? _candidate;
    private ImmutableArray<Charge> _ofEarlierAttempts = [];
    private long _attemptBegan;
    private int? _firstByte;
    private TokenUsage? _reserved;
    private long _inputNanoUsd;
    private long _nanoUsdPerOutputToken;
    private UnansweredUse? _unanswered;
    private UnaryUsageReader _unary;
    private StreamUsageReader? _stream;

    public RequestAccount(RequestAccounts accounts, ForwardRequest request, in RequestForecast forecast)
    {
        _accounts = accounts;
        _request = request;
        _forecast = forecast;
    }

    /// <summary>Longest answer, in tokens, that an upstream must be told; null: as the body says.</summary>
    private long? OutputCap => _admitted!.OutputCap;

    /// <summary>What the body itself says; null: nothing.</summary>
    private long? OwnCap => _forecast.Bound.CapIsToBeSpliced ? null : _forecast.Bound.OutputCap;

    /// <summary>The cap that counts is not the body's.</summary>
    private bool IsOurs => OwnCap is not { } own || OutputCap < own;

    /// <summary>Of all answers together, in tokens: what the upstream was told as its maximum, by the body or by us.</summary>
    private long MostOutput
    {
        get
        {
            var cap = IsOurs ? OutputCapFor(_candidate!.Entry) : OwnCap;
            return cap is { } told ? Arithmetic.Multiply(told, Math.Max(1, _forecast.Bound.Answers)) : long.MaxValue;
        }
    }

    /// <summary>Reads the usage of this attempt's stream.</summary>
    public StreamUsageReader StreamUsage => _stream ??= new StreamUsageReader(_request.Operation);

    public void Admit(AdmittedRequest admitted, in AdmissionEstimate estimate)
    {
        _admitted = admitted;
        (_inputNanoUsd, _nanoUsdPerOutputToken) = (estimate.InputNanoUsd, estimate.NanoUsdPerOutputToken);
    }

    /// <summary>
    /// Longest answer, in tokens, that this entry's upstream must be told; null: as the body says. Providers refuse more than their models
    /// give, so that what covers all entries must not be told to one that gives less.
    /// </summary>
    public long? OutputCapFor(ManifestEntry entry) => IsOurs && OutputCap > entry.MaxOutputTokens ? entry.MaxOutputTokens : OutputCap;

    public ValueTask<RouteChoice> ChooseAsync(IReadOnlyList<RouteCandidate> excluded, CancellationToken cancellationToken) =>
        _accounts.Router.ChooseAsync(_request.Route, _request.Caller, _request.Operation, excluded, _request.Id, cancellationToken);

    public ValueTask<AttemptOutcome> TryTakeAttemptAsync(RouteCandidate candidate, CancellationToken cancellationToken) =>
        _admitted!.TryTakeAttemptAsync(candidate, cancellationToken);

    /// <summary>Writes the intent; for a later attempt anew where it holds something of its entry's account.</summary>
    /// <param name="candidate">The entry that is called next.</param>
    /// <param name="attempt">What is held of its account; owned from here on.</param>
    /// <returns>False: nothing can be written down, so that nothing may be sent; what was held is given back.</returns>
    public bool TryBegin(RouteCandidate candidate, AttemptAdmission attempt)
    {
        _attempt = attempt;
        _candidate = candidate;
        _attemptBegan = _accounts.Time.GetTimestamp();
        _unary = new UnaryUsageReader(_request.Operation);
        _stream = null;
        if (_isWritten ? attempt.IsFree || _accounts.Journal.TryRenew(_ticket, Intent(candidate)) : _isWritten = _accounts.Journal.TryBegin(Intent(candidate), out _ticket))
        {
            return true;
        }

        attempt.Dispose();
        _attempt = null;
        return false;
    }

    /// <summary>The attempt gave the caller nothing; another one may follow.</summary>
    /// <remarks>
    /// What its provider may charge for stands on the record with the attempt: the usage that it told, else what was reserved if it may
    /// have worked; an answer that broke off at its beginning is estimated as any other that is cut. The caller pays once, for the
    /// answer. If none comes, the last attempt of that kind counts as used: who hangs up in time must not get past a budget.
    /// </remarks>
    /// <param name="mayHaveWorked">The upstream had all of the request and was not heard out.</param>
    public void EndAttempt(UpstreamFailure failure, int? status, bool mayHaveWorked)
    {
        if (_attempt is null)
        {
            return;
        }

        var brokeOff = failure is UpstreamFailure.Cut;
        var usage = ToldUsage() ?? (mayHaveWorked ? _reserved : brokeOff ? SettleUnary() : null);
        var cost = 0L;
        if (usage is not null)
        {
            var price = PriceOf(_candidate!);
            cost = CostCalculator.CostOf(usage, price);
            _unanswered = new UnansweredUse(_candidate!, usage, cost, price.Version, mayHaveWorked || brokeOff);
        }

        NoteAttempt(failure, status ?? 0, usage, cost);
        _attempt.Settle(Use(usage, cost));
        _ofEarlierAttempts = WithCharges(_ofEarlierAttempts, _attempt);
        _admitted!.KeepPermit(_attempt);
        _attempt.Dispose();
        _attempt = null;
    }

    /// <summary>The answer's first byte is here, and no other attempt will be made.</summary>
    public void FirstByte() => _firstByte ??= Milliseconds(_request.StartedAt);

    /// <summary>Takes the next bytes of a unary answer.</summary>
    public void Read(ReadOnlySpan<byte> piece) => _unary.Read(piece);

    /// <summary>Takes what an attempt gave that failed, which may tell a usage all the same.</summary>
    public void ReadFailed(ReadOnlySpan<byte> body)
    {
        _unary.Read(body);
        if (_request.Peeked.Stream)
        {
            StreamUsage.ReadUsage(body);
        }
    }

    /// <summary>All of the unary answer passed, or as much as ever will.</summary>
    public void CompleteUnary(int status, UpstreamFailure failure) =>
        Complete(status, SettleUnary(), failure);

    /// <summary>The stream has come to its end, or was cut. Only the first call counts.</summary>
    public void CompleteStream(int status, UpstreamFailure failure) =>
        Complete(status, _stream is { } stream ? SettleStream(stream, isCut: failure is not UpstreamFailure.None) : SettleUnary(), failure);

    /// <summary>The caller gets an error, or nobody is left to get anything.</summary>
    /// <param name="status">0: none.</param>
    public void CloseWithout(int status)
    {
        if (_isComplete)
        {
            return;
        }

        _isComplete = true;

        // Here something failed inside the gateway, and how far the request got is not known.
        EndAttempt(UpstreamFailure.CallerGone, null, mayHaveWorked: true);
        var paid = _unanswered;
        var (usage, cost) = (paid?.Usage, paid?.CostNanoUsd ?? 0);
        Settle(_isWritten ? Use(usage, cost) : ActualUse.None, new UsageOutcome
        {
            Attempts = _attempts,
            ServedModel = paid is null ? null : ServedModel(paid.Candidate),
            Endpoint = (paid?.Candidate ?? _candidate)?.Entry.Id,
            Status = status,
            Usage = usage,
            CostNanoUsd = cost,
            PriceVersion = paid?.PriceVersion,
            IsPartial = status == 0 || paid is { WasNotHeardOut: true },
            IsEstimated = usage?.IsEstimated ?? false,
            DurationMilliseconds = Milliseconds(_request.StartedAt),
        });
    }

    /// <summary>Whatever happened, nothing stays reserved and no intent without its outcome.</summary>
    public void Dispose()
    {
        CloseWithout(0);
        _admitted?.Dispose();
    }

    private void Complete(int status, TokenUsage usage, UpstreamFailure failure)
    {
        if (_isComplete)
        {
            return;
        }

        _isComplete = true;
        var price = PriceOf(_candidate!);
        var cost = CostCalculator.CostOf(usage, price);
        var actual = Use(usage, cost);
        NoteAttempt(failure, status, usage, cost);
        _attempt!.Settle(actual);
        Settle(actual, new UsageOutcome
        {
            Attempts = _attempts,
            ServedModel = ServedModel(_candidate!),
            Endpoint = _candidate!.Entry.Id,
            Status = status,
            Usage = usage,
            CostNanoUsd = cost,
            PriceVersion = price.Version,
            FirstByteMilliseconds = _firstByte,
            DurationMilliseconds = Milliseconds(_request.StartedAt),
            IsPartial = failure is not UpstreamFailure.None,
            IsEstimated = usage.IsEstimated,
        });
        _attempt.Dispose();
        _attempt = null;
        if (failure is UpstreamFailure.None)
        {
            _accounts.History.Learn(_request.Caller.Subject, _request.Route.Model, _request.BodyLength, Math.Max(1, _forecast.Bound.Answers), usage);
        }
    }

    private void Settle(in ActualUse actual, UsageOutcome outcome)
    {
        _admitted!.Settle(actual);
        if (!_isWritten)
        {
            return;
        }

        var charges = _ofEarlierAttempts;
        if (!_request.Limits.IsUncounted || _attempt is not null || !charges.IsEmpty)
        {
            var list = charges.ToBuilder();
            _admitted.AddCharges(list);
            _attempt?.AddCharges(list);
            charges = list.ToImmutable();
        }

        _accounts.Journal.Complete(_ticket, outcome with { Charges = charges });
    }

    private UsageIntent Intent(RouteCandidate candidate)
    {
        var caller = _request.Caller;
        var isBounded = _request.Limits.NeedsBounds && _forecast.Bound.OutputTokens is not null;
        var output = isBounded
            ? Math.Min(_forecast.Bound.OutputTokens!.Value, OutputCap is { } cap ? Arithmetic.Multiply(cap, Math.Max(1, _forecast.Bound.Answers)) : long.MaxValue)
            : _forecast.Guess.OutputTokens;
        var reserved = _reserved = new TokenUsage
        {
            Input = UsageCounts.Bounded(isBounded ? _forecast.Bound.InputTokens : _forecast.Guess.InputTokens),
            Output = UsageCounts.Bounded(output),
            IsEstimated = true,
        };
        var price = PriceOf(candidate);
        return new UsageIntent
        {
            Id = Guid.ParseExact(_request.Id, "D"),
            ClientId = Http.RequestIds.ClientId(_request.Context),
            User = caller.User,
            Key = caller.Key,
            Groups = caller.GroupList,
            Project = _request.Limits.Project ?? caller.Project,
            EndUser = _request.EndUser,
            Model = _request.Route.Model,
            Endpoint = candidate.Entry.Id,
            Operation = Http.Operations.Path(_request.Operation),
            IsStreamed = _request.Peeked.Stream,
            Reserved = reserved,
            ReservedNanoUsd = CostCalculator.Bounded(Math.Max(CostCalculator.CostOf(reserved, price), isBounded ? MostNanoUsd(output) : 0)),
            PriceVersion = price.Version,
            EarlierAttempts = _attempts.Length,
            Charges = IntentCharges(),
        };
    }

    private long MostNanoUsd(long output) => Arithmetic.Add(_inputNanoUsd, Arithmetic.Multiply(_nanoUsdPerOutputToken, output));

    private ImmutableArray<Charge> IntentCharges()
    {
        if (_request.Limits.IsUncounted)
        {
            return WithCharges(_ofEarlierAttempts, _attempt!);
        }

        var list = _ofEarlierAttempts.ToBuilder();
        _admitted!.AddCharges(list);
        _attempt!.AddCharges(list);
        return list.ToImmutable();
    }

    private static ImmutableArray<Charge> WithCharges(ImmutableArray<Charge> before, AttemptAdmission attempt)
    {
        if (attempt.IsFree)
        {
            return before;
        }

        var list = before.ToBuilder();
        attempt.AddCharges(list);
        return list.ToImmutable();
    }

    private TokenUsage? ToldUsage() =>
        _unary.HasUsage ? SettleUnary()
        : _stream is { HasUsage: true } stream ? SettleStream(stream, isCut: true)
        : null;

    private TokenUsage SettleUnary() => _unary.Settle(_request.BodyLength, _forecast.Bound.InputTokens, MostOutput);

    private TokenUsage SettleStream(StreamUsageReader stream, bool isCut) => stream.Settle(_request.BodyLength, isCut, _forecast.Bound.InputTokens, MostOutput);

    private static ActualUse Use(TokenUsage? usage, long cost) => new(1, usage?.Input ?? 0, usage?.Output ?? 0, cost);

    private Price PriceOf(RouteCandidate candidate) => _accounts.Prices.Find(_forecast.Prices, candidate.Entry, candidate.Model);

    private string? ServedModel(RouteCandidate candidate) =>
        candidate.Entry.Aliases.GetValueOrDefault(candidate.Model) ?? (candidate.Model == _request.Route.Model ? null : candidate.Model);

    private void NoteAttempt(UpstreamFailure failure, int status, TokenUsage? usage, long cost) => _attempts = _attempts.Add(new UsageAttempt
    {
        Endpoint = _candidate!.Entry.Id,
        Status = status,
        Failure = failure is UpstreamFailure.None ? null : FailureNames.Of(failure),
        DurationMilliseconds = Milliseconds(_attemptBegan),
        Usage = usage,
        CostNanoUsd = cost,
    });

    private int Milliseconds(long since) => (int)Math.Min(int.MaxValue, _accounts.Time.GetElapsedTime(since).TotalMilliseconds);
}
