using System.Runtime.InteropServices;
using Gateway.Abstractions.Limits;

namespace Gateway.Api.Admission;

/// <summary>What a request will take of each unit, before it runs: upper bounds for hard windows, guesses for soft ones.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AdmissionEstimate
{
    /// <summary>With fewer output tokens than this for each choice an answer is not worth its input.</summary>
    public const int FewestOutputTokens = 16;

    /// <summary>What most APIs call the parameter that bounds the output.</summary>
    public const string UsualCap = "max_tokens";

    /// <summary>What this request's API calls it.</summary>
    public string CapName
    {
        get => field ?? UsualCap;
        init;
    }

    /// <summary>Upper bound.</summary>
    public long InputTokens { get; init; }

    public long InputTokensGuess { get; init; }

    /// <summary>Upper bound over all choices (<c>n</c> × output cap); null: no cap is known.</summary>
    public long? OutputTokens { get; init; }

    public long OutputTokensGuess { get; init; }

    /// <summary><c>n</c>; 0 counts as 1.</summary>
    public int Choices { get; init; }

    /// <summary>Upper bound of what the input costs.</summary>
    public long InputNanoUsd { get; init; }

    /// <summary>Of the dearest entry that may answer.</summary>
    public long NanoUsdPerOutputToken { get; init; }

    public long NanoUsdGuess { get; init; }

    public long ChoicesOrOne => Math.Max(1, Choices);

    /// <summary>Output counts, so that a hard window of this unit needs to know a cap.</summary>
    public bool NeedsCap(LimitUnit unit) => unit switch
    {
        LimitUnit.OutputTokens or LimitUnit.TotalTokens => true,
        LimitUnit.NanoUsd => NanoUsdPerOutputToken > 0,
        _ => false,
    };

    /// <summary>The same with at most <paramref name="cap"/> output tokens for each choice.</summary>
    public AdmissionEstimate WithCap(long cap)
    {
        var bound = Arithmetic.Multiply(cap, ChoicesOrOne);
        return OutputTokens <= bound ? this : this with { OutputTokens = bound, OutputTokensGuess = Math.Min(OutputTokensGuess, bound) };
    }

    /// <summary>Units that the window must have, and that it should have.</summary>
    internal UnitNeed For(WindowLimit window)
    {
        if (window.Unit == LimitUnit.Requests)
        {
            return new UnitNeed(1, 1);
        }

        if (!window.IsHard)
        {
            // Refused only when nothing is left: a guess is no reason to. Who reserves nothing is not counted.
            var guess = Guess(window.Unit);
            guess = guess == 0 && Bound(window.Unit, OutputTokens ?? 1) > 0 ? 1 : Math.Min(guess, window.Limit);
            return new UnitNeed(Math.Min(guess, 1), guess);
        }

        var most = Bound(window.Unit, OutputTokens ?? 0);
        return new UnitNeed(Math.Max(Bound(window.Unit, LeastOutputTokens), Math.Min(most, 1)), most);
    }

    /// <summary>What the smallest answer takes of the unit, without its input.</summary>
    internal long LeastAnswer(LimitUnit unit) => Arithmetic.Multiply(PerOutputToken(unit), LeastOutputTokens);

    /// <summary>Output tokens, over all choices, that <paramref name="amount"/> of the unit pays for.</summary>
    internal long Affordable(LimitUnit unit, long amount)
    {
        var perToken = PerOutputToken(unit);
        return perToken == 0 ? long.MaxValue : Math.Max(0, amount - Bound(unit, 0)) / perToken;
    }

    private long LeastOutputTokens => Math.Min(OutputTokens ?? 0, FewestOutputTokens * ChoicesOrOne);

    private long Bound(LimitUnit unit, long outputTokens) => unit switch
    {
        LimitUnit.InputTokens => InputTokens,
        LimitUnit.OutputTokens => outputTokens,
        LimitUnit.TotalTokens => Arithmetic.Add(InputTokens, outputTokens),
        LimitUnit.NanoUsd => Arithmetic.Add(InputNanoUsd, Arithmetic.Multiply(NanoUsdPerOutputToken, outputTokens)),
        _ => 1,
    };

    private long Guess(LimitUnit unit) => unit switch
    {
        LimitUnit.InputTokens => InputTokensGuess,
        LimitUnit.OutputTokens => OutputTokensGuess,
        LimitUnit.TotalTokens => Arithmetic.Add(InputTokensGuess, OutputTokensGuess),
        LimitUnit.NanoUsd => NanoUsdGuess,
        _ => 1,
    };

    private long PerOutputToken(LimitUnit unit) => unit switch
    {
        LimitUnit.OutputTokens or LimitUnit.TotalTokens => 1,
        LimitUnit.NanoUsd => NanoUsdPerOutputToken,
        _ => 0,
    };
}

/// <param name="Minimum">With less the request cannot go.</param>
/// <param name="Desired">At least the minimum.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct UnitNeed(long Minimum, long Desired);
