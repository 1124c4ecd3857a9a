using System.Collections.Concurrent;
using Gateway.Abstractions.Tokens;

namespace Gateway.Api.Tests.Authentication.Introspection;

/// <summary>Answers as the test says; tokens that begin with <c>good</c> are accepted unless it says otherwise.</summary>
internal sealed class ScriptedTokenGrain : ITokenGrain
{
    private int _running;
    private int _mostAtOnce;

    public ConcurrentQueue<string> Questions { get; } = new();

    public Func<string, TokenAnswer> Answer { get; set; } = token => token.StartsWith("good", StringComparison.Ordinal) ? Accept(token) : TokenAnswer.Refused("Token is either not active or invalid.") with { ValidFor = TokenPolicy.RefusalAge };

    /// <summary>Questions wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public int MostAtOnce => Volatile.Read(ref _mostAtOnce);

    public static TokenAnswer Accept(string id) => new()
    {
        Verdict = TokenVerdict.Accepted,
        Identity = new TokenIdentity { Id = id, Username = id, Name = id, Alias = "corp" },
        ValidFor = TokenPolicy.MaxAge,
    };

    public async Task<TokenAnswer> Introspect(TokenQuestion question, CancellationToken cancellationToken)
    {
        Questions.Enqueue(question.Token);
        var running = Interlocked.Increment(ref _running);
        for (var most = MostAtOnce; running > most; most = MostAtOnce)
        {
            Interlocked.CompareExchange(ref _mostAtOnce, running, most);
        }

        try
        {
            await Gate.WaitAsync(cancellationToken);
            await Task.Yield();
            return Answer(question.Token);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
