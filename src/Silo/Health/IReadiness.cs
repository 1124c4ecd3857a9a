namespace Gateway.Silo.Health;

public enum ReadinessStatus
{
    Starting,
    Ok,
    Draining,
}

/// <summary>Whether a process may get traffic. Answered from memory, so that a probe never waits.</summary>
public interface IReadiness
{
    ReadinessStatus Status { get; }

    /// <summary>What serves in a lesser way at present, as stable words.</summary>
    IReadOnlyCollection<string> Degraded { get; }
}
