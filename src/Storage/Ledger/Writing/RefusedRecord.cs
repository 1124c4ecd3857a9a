namespace Gateway.Storage.Ledger.Writing;

/// <summary>A record that the database does not take.</summary>
/// <param name="Reason">Without values of the record.</param>
internal sealed record RefusedRecord(UsageRecord Record, string Reason);
