using System.Collections.Concurrent;
using System.Net;
using Gateway.Abstractions.Tokens;
using Gateway.Api.Authentication.Attempts;
using Gateway.Api.Authentication.Tokens;
using Gateway.Api.Errors;
using Gateway.Api.Logging;
using Gateway.Grains.Tokens;
using Gateway.Storage.Keys;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Authentication.Introspection;

/// <summary>
/// Decides about an opaque token that this node has not cached:
/// (1) one that was refused a moment ago is refused again; (2) the address must have failures left; (3) one question a token at a time on
/// this node, whose grain sees to it for the cluster; (4) what it answers is cached here as long as it holds; (5) that nobody could be
/// asked is 503 and never remembered.
/// </summary>
internal sealed partial class TokenIntrospector(
    TokenQuestions questions, RefusalCache refusals, TokenCache tokens, FailedAttemptLimiter limiter, IOptions<IntrospectionOptions> options, TimeProvider time, ILogger<TokenIntrospector> logger)
{
    /// <summary>Tokens that are being asked about on this node; beyond that new ones are answered with 503.</summary>
    public const int MaxPending = 10_000;

    private readonly LogBudget _budget = new(linesPerSecond: 1, time);
    private readonly ConcurrentDictionary<KeyHash, Lazy<Task<AuthenticationOutcome>>> _pending = new();

    /// <summary>False: no authorization server is configured.</summary>
    public bool IsEnabled => options.Value.Url is not null;

    public async Task<AuthenticationOutcome> AuthenticateAsync(string token, KeyHash hash, IPAddress? address, CancellationToken cancellationToken)
    {
        if (refusals.TryGet(hash, out var known))
        {
            return new AuthenticationOutcome(null, known);
        }

        if (_pending.TryGetValue(hash, out var pending))
        {
            return await pending.Value.WaitAsync(cancellationToken);
        }

        var start = await limiter.BeginAsync(address, cancellationToken);
        if (start.Permit is not { } permit)
        {
            return new AuthenticationOutcome(null, IdentityErrors.TooManyAttempts(start.RetryAfter));
        }

        if (_pending.Count >= MaxPending)
        {
            limiter.End(permit, failed: false);
            return new AuthenticationOutcome(null, GatewayErrors.IdentityUnavailable());
        }

        var question = new Lazy<Task<AuthenticationOutcome>>(() => AskAsync(token, hash));
        var shared = _pending.GetOrAdd(hash, question);
        return await CountAsync(permit, shared.Value, isMine: ReferenceEquals(shared, question)).WaitAsync(cancellationToken);
    }

    // The permit is the question's, not the caller's: who hangs up would be asked for without end.
    private async Task<AuthenticationOutcome> CountAsync(AttemptBucket permit, Task<AuthenticationOutcome> answer, bool isMine)
    {
        AuthenticationOutcome outcome = default;
        try
        {
            outcome = await answer;
            return outcome;
        }
        finally
        {
            // Whoever only waited cost no look-up; a failure counts once.
            limiter.End(permit, failed: isMine && outcome.Error is { Status: StatusCodes.Status401Unauthorized });
        }
    }

    // Not cancelled with its first caller: others wait for the same answer.
    private async Task<AuthenticationOutcome> AskAsync(string token, KeyHash hash)
    {
        try
        {
            var askedAt = time.GetTimestamp();
            var answer = await questions.AskAsync(token, hash);
            switch (answer.Verdict)
            {
                case TokenVerdict.Accepted when IntrospectedCallers.Create(answer.Identity!) is { } caller:
                    tokens.Add(hash, caller, askedAt, answer.ValidFor);
                    return new AuthenticationOutcome(caller, null);
                case TokenVerdict.Accepted:
                    return Refuse(hash, GatewayErrors.Unauthenticated("The token names no usable user: its id is too long or not plain text."), askedAt, answer);
                case TokenVerdict.Refused:
                    return Refuse(hash, IdentityErrors.InvalidToken(answer.Message!), askedAt, answer);
                case TokenVerdict.Denied:
                    return Refuse(hash, IdentityErrors.Denied(answer.Message!), askedAt, answer);
                default:
                    return new AuthenticationOutcome(null, GatewayErrors.IdentityUnavailable());
            }
        }
        catch (Exception problem)
        {
            // Never the exception itself: it may hold the question.
            if (_budget.TryTake(out var suppressed))
            {
                LogFailed(problem.GetType().Name, suppressed);
            }

            return new AuthenticationOutcome(null, GatewayErrors.IdentityUnavailable());
        }
        finally
        {
            _pending.TryRemove(hash, out _);
        }
    }

    private AuthenticationOutcome Refuse(KeyHash hash, GatewayError error, long askedAt, TokenAnswer answer)
    {
        refusals.Add(hash, error, askedAt, answer.ValidFor);
        return new AuthenticationOutcome(null, error);
    }

    [LoggerMessage(EventId = 4035, Level = LogLevel.Warning, Message = "A token could not be checked because no silo answered: {Problem} ({Suppressed} such lines were left out)")]
    private partial void LogFailed(string problem, long suppressed);
}
