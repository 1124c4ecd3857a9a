using System.Runtime.InteropServices;
using Gateway.Abstractions.Usage;
using Gateway.Api.Usage.Metering;

namespace Gateway.Api.Usage.Estimates;

/// <summary>Remembers what the requests of each caller to each model used, to guess what the next one will.</summary>
/// <remarks>
/// 1. Of each pair: a moving mean (weight 1/8) of the output tokens of an answer and of its distance from the mean, and of the input
///    tokens per byte of the body.
/// 2. The guess is mean + distance for the output, since a guess that is too low lets limits be overshot, and the mean for the input;
///    never more than the bound of the request.
/// 3. A pair without history: <see cref="DefaultOutputTokens"/> an answer, and <see cref="TokenRule"/> for the input.
/// 4. It has a fixed size: <see cref="Sets"/> sets of <see cref="Ways"/> pairs, as the cache of a processor; a new pair takes the place
///    of the one in its set that was used least recently. A pair is known by a 64-bit hash with a random seed.
/// Sets share <see cref="Locks"/> locks, which are held for some nanoseconds.
/// </remarks>
public sealed class UsageHistory(Random random)
{
    public const int DefaultOutputTokens = 1_024;
    public const int Sets = 4_096;
    public const int Ways = 4;

    private const int Locks = 64;
    private const float Weight = 1f / 8;

    private readonly Pair[] _pairs = new Pair[Sets * Ways];
    private readonly Lock[] _locks = [.. Enumerable.Range(0, Locks).Select(_ => new Lock())];
    private readonly ulong _seed = (ulong)random.NextInt64();
    private readonly long[] _uses = new long[Locks];

    /// <param name="caller">Whose history: <c>user:…</c> or <c>key:…</c>.</param>
    /// <param name="model">As the caller named it.</param>
    public UsageGuess Guess(string caller, string model, int bodyBytes, RequestBound bound)
    {
        var hash = Hash(caller, model);
        float perByte, perAnswer;
        lock (LockOf(hash))
        {
            ref var pair = ref Find(hash);
            if (pair.Hash == hash)
            {
                pair.UsedAt = ++_uses[hash % Locks];
                (perByte, perAnswer) = (pair.InputPerByte, pair.Output + pair.Distance);
            }
            else
            {
                (perByte, perAnswer) = (1f / TokenRule.BytesPerToken, DefaultOutputTokens);
            }
        }

        var input = (long)Math.Ceiling(perByte * (double)bodyBytes);
        var output = bound.Answers == 0 ? 0 : Math.Ceiling((double)perAnswer) * bound.Answers;
        return new UsageGuess(Math.Min(input, bound.InputTokens), (long)Math.Min(output, bound.OutputTokens ?? UsageCounts.Largest));
    }

    /// <summary>Takes in what a request used; an estimate or a part of an answer teaches nothing.</summary>
    public void Learn(string caller, string model, int bodyBytes, long answers, TokenUsage usage)
    {
        if (usage.IsEstimated || bodyBytes <= 0)
        {
            return;
        }

        var hash = Hash(caller, model);
        var perByte = (float)usage.Input / bodyBytes;
        var perAnswer = (float)usage.Output / Math.Max(1, answers);
        lock (LockOf(hash))
        {
            ref var pair = ref Find(hash);
            pair = pair.Hash == hash
                ? pair.With(perByte, perAnswer)
                : new Pair { Hash = hash, InputPerByte = perByte, Output = perAnswer, Distance = perAnswer / 2 };
            pair.UsedAt = ++_uses[hash % Locks];
        }
    }

    private Lock LockOf(ulong hash) => _locks[hash % Locks];

    /// <summary>The pair, or the one in its set to be replaced.</summary>
    private ref Pair Find(ulong hash)
    {
        var set = _pairs.AsSpan((int)(hash % Sets) * Ways, Ways);
        ref var oldest = ref set[0];
        foreach (ref var pair in set)
        {
            if (pair.Hash == hash)
            {
                return ref pair;
            }

            if (pair.UsedAt < oldest.UsedAt)
            {
                oldest = ref pair;
            }
        }

        return ref oldest;
    }

    /// <summary>FNV-1a over both texts; never 0, which marks a place as free.</summary>
    private ulong Hash(string caller, string model)
    {
        const ulong prime = 1_099_511_628_211;
        var hash = 14_695_981_039_346_656_037 ^ _seed;
        foreach (var letter in caller)
        {
            hash = (hash ^ letter) * prime;
        }

        hash = (hash ^ '\n') * prime;
        foreach (var letter in model)
        {
            hash = (hash ^ letter) * prime;
        }

        hash ^= hash >> 32;
        return hash == 0 ? 1 : hash;
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Pair
    {
        public ulong Hash;
        public long UsedAt;
        public float InputPerByte;
        public float Output;
        public float Distance;

        public readonly Pair With(float perByte, float perAnswer) => this with
        {
            InputPerByte = InputPerByte + (Weight * (perByte - InputPerByte)),
            Output = Output + (Weight * (perAnswer - Output)),
            Distance = Distance + (Weight * (Math.Abs(perAnswer - Output) - Distance)),
        };
    }
}
