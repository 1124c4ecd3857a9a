namespace Gateway.Testing.Clusters.Ledger;

/// <summary>What a ledger run came to.</summary>
public sealed record LedgerReport
{
    public required int Calls { get; init; }

    /// <summary>Requests that an upstream had.</summary>
    public required int Reached { get; init; }

    public required int Delivered { get; init; }

    public required int Records { get; init; }

    public required int FailedOver { get; init; }

    public required int Partial { get; init; }

    public required int Interrupted { get; init; }

    public required int Estimated { get; init; }

    public required int FrontEndsKilled { get; init; }

    public required int SilosKilled { get; init; }

    public required int DatabaseRestarts { get; init; }

    /// <summary>Records of the lost front-end whose journal another one took in by <c>GATEWAY_ADOPT_DIR</c>.</summary>
    public required int AdoptedByFolder { get; init; }

    /// <summary>Records of the one whose journal was taken in by the command.</summary>
    public required int AdoptedByCommand { get; init; }

    /// <summary>Of the limited caller, in USD: by the records.</summary>
    public required decimal Charged { get; init; }

    /// <summary>By its budget.</summary>
    public required decimal Settled { get; init; }

    public required TimeSpan Took { get; init; }

    /// <summary>Nothing else may differ.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    public override string ToString() =>
        $"""
        {Calls} calls, {Reached} reached an upstream, {Delivered} were delivered whole, {FailedOver} failed over
        {Records} records: {Partial} partial, {Interrupted} interrupted, {Estimated} estimated
        {FrontEndsKilled} front-ends and {SilosKilled} silos killed, PostgreSQL restarted {DatabaseRestarts} times
        taken in of lost front-ends: {AdoptedByFolder} by GATEWAY_ADOPT_DIR, {AdoptedByCommand} by the command
        charged {Charged} USD by the records, {Settled} USD by the budget; nothing reserved
        {Problems.Count} problems, {Took.TotalSeconds:0} s
        """ + string.Concat(Problems.Take(20).Select(problem => "\n  " + problem));
}
