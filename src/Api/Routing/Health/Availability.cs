namespace Gateway.Api.Routing.Health;

/// <summary>May an entry get a request now?</summary>
public enum Availability
{
    Usable,

    /// <summary>Its circuit is open; usable only when every other way is open too.</summary>
    Open,

    /// <summary>Open, and the time for the cluster's one probe has come.</summary>
    OpenProbeDue,

    Cooling,

    /// <summary>The provider refuses every key of the entry.</summary>
    Ejected,

    /// <summary>Ejected, and the time for one trial has come.</summary>
    EjectedTrialDue,
}
