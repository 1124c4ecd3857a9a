namespace Gateway.Silo.Settings.Secrets;

/// <summary>The value of a secret setting and where it was read. Its printed form shows no value.</summary>
/// <param name="FilePath">Absolute path of the file to watch; null: the value stands in the setting.</param>
public sealed record SecretText(string Setting, string? Value, string? FilePath)
{
    /// <summary>For texts that tell the operator where to look.</summary>
    public string Source => FilePath is null ? Setting : $"{Setting} ({FilePath})";

    public override string ToString() => $"{Source} {(Value is null ? "unset" : "set")}";
}
