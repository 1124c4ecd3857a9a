using System.Collections.Immutable;
using Gateway.Abstractions.Usage;
using Gateway.Storage.Ledger;

namespace Gateway.Api.Usage.Journal.Entries;

/// <summary>Fields of intents and outcomes as they are written. Numbers are never given a new meaning: files of this version are read by the next one, and the other way round.</summary>
internal static class UsageEntries
{
    /// <param name="session">The journal's: charges under it do not name it.</param>
    public static Span<byte> Write(EntryBuffer buffer, in UsageIntent intent, string session)
    {
        buffer.Id(IntentFields.Id, intent.Id);
        buffer.Text(IntentFields.ClientId, intent.ClientId);
        buffer.Name(IntentFields.User, intent.User);
        buffer.Name(IntentFields.Key, intent.Key);
        if (!intent.Groups.IsDefault)
        {
            foreach (var group in intent.Groups)
            {
                buffer.Name(IntentFields.Group, group);
            }
        }

        buffer.Name(IntentFields.Project, intent.Project);
        buffer.Text(IntentFields.EndUser, intent.EndUser);
        buffer.Text(IntentFields.Model, intent.Model);
        buffer.Text(IntentFields.Endpoint, intent.Endpoint);
        buffer.Text(IntentFields.Operation, intent.Operation);
        buffer.Flag(IntentFields.IsStreamed, intent.IsStreamed);
        Write(buffer, IntentFields.Reserved, intent.Reserved);
        buffer.Number(IntentFields.ReservedNanoUsd, intent.ReservedNanoUsd);
        buffer.Text(IntentFields.PriceVersion, intent.PriceVersion);
        Write(buffer, IntentFields.Charge, intent.Charges, session);
        buffer.Number(IntentFields.EarlierAttempts, intent.EarlierAttempts);
        return buffer.Finish(EntryKind.Intent);
    }

    /// <inheritdoc cref="Write(EntryBuffer, in UsageIntent, string)"/>
    public static Span<byte> Write(EntryBuffer buffer, Guid id, in UsageOutcome outcome, string session)
    {
        buffer.Id(OutcomeFields.Id, id);
        buffer.Text(OutcomeFields.ServedModel, outcome.ServedModel);
        buffer.Text(OutcomeFields.Endpoint, outcome.Endpoint);
        if (!outcome.Attempts.IsDefault)
        {
            foreach (var attempt in outcome.Attempts)
            {
                Write(buffer, attempt);
            }
        }

        buffer.Number(OutcomeFields.Status, outcome.Status);
        Write(buffer, OutcomeFields.Usage, outcome.Usage);
        buffer.Number(OutcomeFields.CostNanoUsd, outcome.CostNanoUsd);
        buffer.Text(OutcomeFields.PriceVersion, outcome.PriceVersion);

        // 0 ms is a time, unlike none.
        buffer.Number(OutcomeFields.FirstBytePlusOne, outcome.FirstByteMilliseconds is { } first ? first + 1L : 0);
        buffer.Number(OutcomeFields.Duration, outcome.DurationMilliseconds);
        buffer.Flag(OutcomeFields.IsPartial, outcome.IsPartial);
        buffer.Flag(OutcomeFields.IsEstimated, outcome.IsEstimated);
        Write(buffer, OutcomeFields.Charge, outcome.Charges, session);
        return buffer.Finish(EntryKind.Outcome);
    }

    private static void Write(EntryBuffer buffer, UsageAttempt attempt)
    {
        var begin = buffer.Begin(OutcomeFields.Attempt);
        buffer.Text(AttemptFields.Endpoint, attempt.Endpoint);
        buffer.Number(AttemptFields.Status, attempt.Status);
        buffer.Text(AttemptFields.Failure, attempt.Failure);
        buffer.Number(AttemptFields.Duration, attempt.DurationMilliseconds);
        Write(buffer, AttemptFields.Usage, attempt.Usage);
        buffer.Number(AttemptFields.CostNanoUsd, attempt.CostNanoUsd);
        buffer.End(begin);
    }

    private static void Write(EntryBuffer buffer, int field, TokenUsage? usage)
    {
        if (usage is null)
        {
            return;
        }

        var begin = buffer.Begin(field);
        buffer.Number(TokenFields.Input, usage.Input);
        buffer.Number(TokenFields.CachedInput, usage.CachedInput);
        buffer.Number(TokenFields.CacheWrite, usage.CacheWrite);
        buffer.Number(TokenFields.Output, usage.Output);
        buffer.Number(TokenFields.Reasoning, usage.Reasoning);
        buffer.Number(TokenFields.AudioInput, usage.AudioInput);
        buffer.Number(TokenFields.AudioOutput, usage.AudioOutput);
        buffer.Flag(TokenFields.IsEstimated, usage.IsEstimated);
        buffer.End(begin);
    }

    private static void Write(EntryBuffer buffer, int field, ImmutableArray<Charge> charges, string session)
    {
        if (charges.IsDefault)
        {
            return;
        }

        foreach (var charge in charges)
        {
            var begin = buffer.Begin(field);
            buffer.Name(ChargeFields.Subject, charge.Subject);
            buffer.Number(ChargeFields.Epoch, charge.Epoch);
            buffer.Text(ChargeFields.WindowId, charge.WindowId);
            buffer.Number(ChargeFields.Period, charge.Period);
            buffer.Number(ChargeFields.Amount, charge.Amount);
            buffer.Text(ChargeFields.Session, charge.Session == session ? null : charge.Session);
            buffer.End(begin);
        }
    }
}
