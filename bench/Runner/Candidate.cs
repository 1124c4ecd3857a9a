namespace Gateway.Runner;

/// <summary>One program in front of the upstreams.</summary>
/// <param name="Name">As the table shows it.</param>
/// <param name="Origin">Where it listens.</param>
/// <param name="ProcessId">Of the process, or of the parent of its workers.</param>
internal sealed record Candidate(string Name, string Origin, int ProcessId);
