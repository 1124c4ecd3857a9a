using System.Collections.Immutable;
using Gateway.Abstractions.Usage;
using Gateway.Api.Usage.Metering;
using Gateway.Api.Usage.Pricing;
using Gateway.Storage.Ledger;

namespace Gateway.Api.Usage.Journal.Entries;

/// <summary>Puts the two entries of a request together. They are given without the frame around them. Counts and costs are bounded, whatever an older version wrote.</summary>
internal static class RecordBuilder
{
    private const string Unknown = "unknown";

    /// <param name="intent">Empty: it cannot be read any more; the record has what the outcome tells.</param>
    public static UsageRecord Completed(ReadOnlySpan<byte> intent, ReadOnlySpan<byte> outcome, JournalOwner owner)
    {
        var record = Begun(intent, owner, out _, out _);
        var attempts = ImmutableArray.CreateBuilder<UsageAttempt>();
        var usage = new TokenUsage();
        var reader = new EntryReader(outcome);
        var estimated = false;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case OutcomeFields.Id:
                    record = record with { Id = reader.Id };
                    break;
                case OutcomeFields.ServedModel:
                    record = record with { ServedModel = reader.Text };
                    break;
                case OutcomeFields.Endpoint:
                    record = record with { Endpoint = reader.Text };
                    break;
                case OutcomeFields.Attempt:
                    attempts.Add(AttemptOf(reader.Bytes));
                    break;
                case OutcomeFields.Status:
                    record = record with { Status = reader.Int32 };
                    break;
                case OutcomeFields.Usage:
                    usage = TokensOf(reader.Bytes);
                    break;
                case OutcomeFields.CostNanoUsd:
                    record = record with { CostNanoUsd = CostCalculator.Bounded(reader.Number) };
                    break;
                case OutcomeFields.PriceVersion:
                    record = record with { PriceVersion = reader.Text };
                    break;
                case OutcomeFields.FirstBytePlusOne:
                    record = record with { FirstByteMilliseconds = reader.Int32 - 1 };
                    break;
                case OutcomeFields.Duration:
                    record = record with { DurationMilliseconds = reader.Int32 };
                    break;
                case OutcomeFields.IsPartial:
                    record = record with { IsPartial = reader.Flag };
                    break;
                case OutcomeFields.IsEstimated:
                    estimated = reader.Flag;
                    break;
            }
        }

        estimated |= usage.IsEstimated;
        return record with { Attempts = attempts.ToImmutable(), Usage = usage with { IsEstimated = estimated }, IsEstimated = estimated };
    }

    /// <summary>Of a request whose process ended before its outcome: it counts with what it had reserved.</summary>
    public static UsageRecord Interrupted(ReadOnlySpan<byte> intent, JournalOwner owner)
    {
        var record = Begun(intent, owner, out var reserved, out var cost);
        return record with { Usage = reserved with { IsEstimated = true }, CostNanoUsd = cost, IsPartial = true, IsInterrupted = true, IsEstimated = true };
    }

    /// <summary>How many attempts of its request had ended when an intent was written.</summary>
    public static int EarlierAttempts(ReadOnlySpan<byte> intent)
    {
        var reader = new EntryReader(intent);
        while (reader.Next())
        {
            if (reader.Field == IntentFields.EarlierAttempts)
            {
                return reader.Int32;
            }
        }

        return 0;
    }

    /// <summary>Charges of an intent or an outcome.</summary>
    /// <param name="field">Where they are.</param>
    public static void ReadCharges(ReadOnlySpan<byte> entry, int field, List<Charge> charges)
    {
        var reader = new EntryReader(entry);
        while (reader.Next())
        {
            if (reader.Field == field)
            {
                charges.Add(ChargeOf(reader.Bytes));
            }
        }
    }

    private static UsageRecord Begun(ReadOnlySpan<byte> intent, JournalOwner owner, out TokenUsage reserved, out long reservedNanoUsd)
    {
        var record = new UsageRecord { Id = Guid.Empty, Model = Unknown, Operation = Unknown, Node = owner.Node, Session = owner.Session };
        var groups = ImmutableArray.CreateBuilder<string>();
        reserved = new TokenUsage();
        reservedNanoUsd = 0;
        var reader = new EntryReader(intent);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case IntentFields.Id:
                    record = record with { Id = reader.Id };
                    break;
                case IntentFields.ClientId:
                    record = record with { ClientId = reader.Text };
                    break;
                case IntentFields.User:
                    record = record with { User = reader.Text };
                    break;
                case IntentFields.Key:
                    record = record with { Key = reader.Text };
                    break;
                case IntentFields.Group:
                    groups.Add(reader.Text);
                    break;
                case IntentFields.Project:
                    record = record with { Project = reader.Text };
                    break;
                case IntentFields.EndUser:
                    record = record with { EndUser = reader.Text };
                    break;
                case IntentFields.Model:
                    record = record with { Model = reader.Text };
                    break;
                case IntentFields.Endpoint:
                    record = record with { Endpoint = reader.Text };
                    break;
                case IntentFields.Operation:
                    record = record with { Operation = reader.Text };
                    break;
                case IntentFields.IsStreamed:
                    record = record with { IsStreamed = reader.Flag };
                    break;
                case IntentFields.Reserved:
                    reserved = TokensOf(reader.Bytes);
                    break;
                case IntentFields.ReservedNanoUsd:
                    reservedNanoUsd = CostCalculator.Bounded(reader.Number);
                    break;
                case IntentFields.PriceVersion:
                    record = record with { PriceVersion = reader.Text };
                    break;
            }
        }

        return record with { Groups = groups.ToImmutable() };
    }

    private static UsageAttempt AttemptOf(ReadOnlySpan<byte> fields)
    {
        var attempt = new UsageAttempt { Endpoint = Unknown };
        var reader = new EntryReader(fields);
        while (reader.Next())
        {
            attempt = reader.Field switch
            {
                AttemptFields.Endpoint => attempt with { Endpoint = reader.Text },
                AttemptFields.Status => attempt with { Status = reader.Int32 },
                AttemptFields.Failure => attempt with { Failure = reader.Text },
                AttemptFields.Duration => attempt with { DurationMilliseconds = reader.Int32 },
                AttemptFields.Usage => attempt with { Usage = TokensOf(reader.Bytes) },
                AttemptFields.CostNanoUsd => attempt with { CostNanoUsd = CostCalculator.Bounded(reader.Number) },
                _ => attempt,
            };
        }

        return attempt;
    }

    private static TokenUsage TokensOf(ReadOnlySpan<byte> fields)
    {
        var usage = new TokenUsage();
        var reader = new EntryReader(fields);
        while (reader.Next())
        {
            usage = reader.Field switch
            {
                TokenFields.Input => usage with { Input = UsageCounts.Bounded(reader.Number) },
                TokenFields.CachedInput => usage with { CachedInput = UsageCounts.Bounded(reader.Number) },
                TokenFields.CacheWrite => usage with { CacheWrite = UsageCounts.Bounded(reader.Number) },
                TokenFields.Output => usage with { Output = UsageCounts.Bounded(reader.Number) },
                TokenFields.Reasoning => usage with { Reasoning = UsageCounts.Bounded(reader.Number) },
                TokenFields.AudioInput => usage with { AudioInput = UsageCounts.Bounded(reader.Number) },
                TokenFields.AudioOutput => usage with { AudioOutput = UsageCounts.Bounded(reader.Number) },
                TokenFields.IsEstimated => usage with { IsEstimated = reader.Flag },
                _ => usage,
            };
        }

        return usage;
    }

    private static Charge ChargeOf(ReadOnlySpan<byte> fields)
    {
        var charge = new Charge { Subject = "", Epoch = 0, WindowId = "", Period = 0, Amount = 0 };
        var reader = new EntryReader(fields);
        while (reader.Next())
        {
            charge = reader.Field switch
            {
                ChargeFields.Subject => charge with { Subject = reader.Text },
                ChargeFields.Epoch => charge with { Epoch = reader.Number },
                ChargeFields.WindowId => charge with { WindowId = reader.Text },
                ChargeFields.Period => charge with { Period = reader.Number },
                ChargeFields.Amount => charge with { Amount = reader.Number },
                ChargeFields.Session => charge with { Session = reader.Text },
                _ => charge,
            };
        }

        return charge;
    }
}

/// <summary>Who wrote a journal.</summary>
/// <param name="Cluster">Whose usage it is; empty: it does not say, as before there was that field.</param>
internal sealed record JournalOwner(string Session, string Node, string Cluster = "");
