using Gateway.Abstractions.Usage;
using Gateway.Api.Usage.Journal;
using Gateway.Storage.Ledger;

namespace Gateway.Api.Tests.Usage.Journal;

/// <summary>Intents and outcomes by a seeded random source.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Time = new(2029, 12, 31, 23, 0, 0, TimeSpan.Zero);

    public static UsageIntent Intent(Random random) => new()
    {
        Id = Guid.CreateVersion7(Time.AddSeconds(random.Next(7200))),
        ClientId = random.Next(2) == 0 ? null : "client " + random.Next(),
        User = random.Next(4) == 0 ? null : "user:local/u" + random.Next(5),
        Key = random.Next(2) == 0 ? null : "key:k" + random.Next(5),
        Groups = random.Next(3) == 0 ? default : [.. Enumerable.Range(0, random.Next(4)).Select(i => "local/grüppe" + i)],
        Project = random.Next(2) == 0 ? null : "local/p",
        EndUser = random.Next(2) == 0 ? null : new string('x', random.Next(200)) + "é",
        Model = "model-" + random.Next(3),
        Endpoint = random.Next(2) == 0 ? null : "e1",
        Operation = "chat/completions",
        IsStreamed = random.Next(2) == 0,
        Reserved = random.Next(3) == 0 ? null : Tokens(random),
        ReservedNanoUsd = random.NextInt64(1L << 40),
        PriceVersion = "v1",
        Charges = [Charge("user:local/a", random.Next(100)), Charge("key:k", random.Next(100))],
    };

    public static UsageOutcome Outcome(Random random) => new()
    {
        ServedModel = random.Next(2) == 0 ? null : "served",
        Endpoint = random.Next(2) == 0 ? null : "e2",
        Attempts =
        [
            .. Enumerable.Range(0, random.Next(4)).Select(i => new UsageAttempt
            {
                Endpoint = "e" + i, Status = random.Next(600), Failure = random.Next(2) == 0 ? null : "connect_failed", DurationMilliseconds = random.Next(1000),
                Usage = random.Next(2) == 0 ? null : Tokens(random), CostNanoUsd = random.Next(1000),
            }),
        ],
        Status = random.Next(2) == 0 ? 200 : 502,
        Usage = random.Next(5) == 0 ? null : Tokens(random),
        CostNanoUsd = random.NextInt64(1L << 40),
        PriceVersion = random.Next(2) == 0 ? null : "v2",
        FirstByteMilliseconds = random.Next(3) == 0 ? null : random.Next(3),
        DurationMilliseconds = random.Next(100_000),
        IsPartial = random.Next(4) == 0,
        IsEstimated = random.Next(4) == 0,
        Charges = [Charge("user:local/a", random.Next(50))],
    };

    public static TokenUsage Tokens(Random random) => new()
    {
        Input = random.NextInt64(1L << 29), CachedInput = random.Next(9), CacheWrite = random.Next(9), Output = random.Next(9999), Reasoning = random.Next(9),
        AudioInput = random.Next(3), AudioOutput = random.Next(3), IsEstimated = random.Next(4) == 0,
    };

    public static Charge Charge(string subject, long amount) => new() { Subject = subject, Epoch = 7, WindowId = "tokens_per_day", Period = 1_893_456_000_000, Amount = amount };

    /// <summary>What the ledger must have of a request that was completed.</summary>
    public static UsageRecord Record(UsageIntent intent, UsageOutcome outcome, string session, string node)
    {
        var estimated = outcome.IsEstimated || outcome.Usage is { IsEstimated: true };
        return Begun(intent, session, node) with
        {
            ServedModel = outcome.ServedModel,
            Endpoint = outcome.Endpoint ?? intent.Endpoint,
            Attempts = outcome.Attempts,
            Status = outcome.Status,
            Usage = (outcome.Usage ?? new TokenUsage()) with { IsEstimated = estimated },
            CostNanoUsd = outcome.CostNanoUsd,
            PriceVersion = outcome.PriceVersion ?? intent.PriceVersion,
            FirstByteMilliseconds = outcome.FirstByteMilliseconds,
            DurationMilliseconds = outcome.DurationMilliseconds,
            IsPartial = outcome.IsPartial,
            IsEstimated = estimated,
        };
    }

    /// <summary>What the ledger must have of a request whose process died.</summary>
    public static UsageRecord Interrupted(UsageIntent intent, string session, string node) => Begun(intent, session, node) with
    {
        Usage = (intent.Reserved ?? new TokenUsage()) with { IsEstimated = true },
        CostNanoUsd = intent.ReservedNanoUsd,
        IsPartial = true,
        IsInterrupted = true,
        IsEstimated = true,
    };

    private static UsageRecord Begun(UsageIntent intent, string session, string node) => new()
    {
        Id = intent.Id, ClientId = intent.ClientId, User = intent.User, Key = intent.Key, Groups = intent.Groups.IsDefault ? [] : intent.Groups, Project = intent.Project, EndUser = intent.EndUser,
        Model = intent.Model, Endpoint = intent.Endpoint, Operation = intent.Operation, IsStreamed = intent.IsStreamed, PriceVersion = intent.PriceVersion, Node = node, Session = session,
    };
}
