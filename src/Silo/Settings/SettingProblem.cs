namespace Gateway.Silo.Settings;

/// <summary>Why the start must not go on. Never holds a value that could be secret.</summary>
/// <param name="Setting">Name of the setting or path of the file at fault.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record SettingProblem(string Setting, string Message)
{
    /// <summary>The one line that the operator sees.</summary>
    public override string ToString() => $"{Setting}: {Message}";
}
