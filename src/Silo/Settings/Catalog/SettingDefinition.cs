namespace Gateway.Silo.Settings.Catalog;

/// <summary>One setting as the catalogue knows it.</summary>
/// <param name="Name">Flat (<c>METIS_STATUS_URL</c>) or a path below <c>Gateway:</c>, where <c>&lt;n&gt;</c> stands for a number.</param>
/// <param name="Kind">What a value looks like.</param>
/// <param name="Description">One sentence for people.</param>
public sealed record SettingDefinition(string Name, SettingKind Kind, string Description)
{
    /// <summary>As a text; null: unset.</summary>
    public string? Default { get; init; }

    /// <summary>May be given as the path of a watched file under <c>NAME_FILE</c>; never printed.</summary>
    public bool Secret { get; init; }

    /// <summary>Belongs to one process: may differ inside a cluster.</summary>
    public bool Local { get; init; }

    public SettingSupport Support { get; init; } = SettingSupport.Supported;

    /// <summary>For a setting without support: what to do instead.</summary>
    public string? Advice { get; init; }
}

public enum SettingKind
{
    Text,
    Url,
    Path,
    Seconds,
    Number,
    Choice,
    List,
    Json,
}

public enum SettingSupport
{
    Supported,

    /// <summary>Understood, without effect, and listed as <c>not_enforced</c>.</summary>
    NotEnforced,

    /// <summary>The start ends: going on without it would open what the operator closed.</summary>
    Refused,
}
