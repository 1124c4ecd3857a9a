using System.Collections.Immutable;
using Gateway.Storage.Limits;

namespace Gateway.Silo.Settings.Limits;

/// <summary>Limits that come from settings, and how a node enforces limits.</summary>
public sealed class LimitsOptions
{
    private volatile ImmutableDictionary<string, LimitDocument> _subjects = ImmutableDictionary<string, LimitDocument>.Empty;

    /// <summary><c>GATEWAY_LIMITS</c>, by subject as the operator wrote it; replaced as a whole when the watched file changes.</summary>
    public ImmutableDictionary<string, LimitDocument> Subjects
    {
        get => _subjects;
        set => _subjects = value;
    }

    /// <summary><c>Gateway:Limits:OnOutage=open</c>: limited callers are let through while no silo answers. Default: they are refused.</summary>
    public bool OpenOnOutage { get; set; }

    /// <summary><c>Gateway:Limits:Queue:MaxWaitSeconds</c>: longest wait for a provider's capacity. Default 30 s.</summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary><c>Gateway:Limits:Queue:MaxWaiting</c>: requests that wait on this node. Default 1,000.</summary>
    public int MaxWaiting { get; set; } = 1000;

    /// <summary><c>Gateway:Limits:Queue:MaxWaitingPerSubject</c>. Default 100.</summary>
    public int MaxWaitingPerSubject { get; set; } = 100;
}
