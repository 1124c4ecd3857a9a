using System.Security.Cryptography;
using System.Text;
using Gateway.Abstractions.Tokens;

namespace Gateway.Grains.Tokens;

/// <summary>
/// One shard of the cluster's knowledge about opaque tokens. All calls interleave: (1) what is known is answered; (2) a token that is being
/// asked about is waited for; (3) else the server is asked, outside of any turn that others wait for, and the answer is kept. Nothing is
/// stored, tokens are held for the time of their question only, and an activation that lost its memory asks once more.
/// </summary>
[GrainType("token")]
internal sealed class TokenGrain : Grain, ITokenGrain, IDisposable
{
    private const int MaxKnown = 1_024;
    private const int MaxRefused = 256;
    private const int MaxTokenLength = 16 * 1024;

    private readonly TokenIntrospection _introspection;
    private readonly TimeProvider _time;
    private readonly AnswerCache _known;

    // Apart from the others: a flood of bad tokens must not push out a good one.
    private readonly AnswerCache _refused;
    private readonly Dictionary<string, Task<TokenAnswer>> _running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ending = new();

    public TokenGrain(TokenIntrospection introspection, TimeProvider time)
    {
        _introspection = introspection;
        _time = time;
        _known = new AnswerCache(MaxKnown, time);
        _refused = new AnswerCache(MaxRefused, time);
    }

    public async Task<TokenAnswer> Introspect(TokenQuestion question, CancellationToken cancellationToken)
    {
        if (question.Token is not { Length: > 0 and <= MaxTokenLength } token)
        {
            throw new ArgumentException($"A token has 1 to {MaxTokenLength} characters.", nameof(question));
        }

        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        if (_known.TryGet(hash, out var answer) || _refused.TryGet(hash, out answer))
        {
            return answer;
        }

        if (!_running.TryGetValue(hash, out var running))
        {
            _running[hash] = running = AskAsync(token, hash);
            if (running.IsCompleted)
            {
                _running.Remove(hash);
            }
        }

        // Not cancelled with its first caller: others wait for the same answer.
        return await running.WaitAsync(cancellationToken);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => await _ending.CancelAsync();

    public void Dispose() => _ending.Dispose();

    private async Task<TokenAnswer> AskAsync(string token, string hash)
    {
        try
        {
            var askedAt = _time.GetTimestamp();
            var answer = await _introspection.AskAsync(token, _ending.Token);
            switch (answer.Verdict)
            {
                case TokenVerdict.Accepted:
                    _known.Add(hash, answer, askedAt);
                    break;
                case TokenVerdict.Refused or TokenVerdict.Denied:
                    answer = answer with { ValidFor = TokenPolicy.RefusalAge };
                    _refused.Add(hash, answer, askedAt);
                    break;
            }

            // An answer that took its time is worth less to those who count from now.
            var left = answer.ValidFor - _time.GetElapsedTime(askedAt);
            return answer with { ValidFor = left > TimeSpan.Zero ? left : TimeSpan.Zero };
        }
        finally
        {
            _running.Remove(hash);
        }
    }
}
