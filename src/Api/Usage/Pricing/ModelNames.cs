namespace Gateway.Api.Usage.Pricing;

/// <summary>Under which names a model may stand in a table of prices.</summary>
/// <remarks>
/// 1. As it is.
/// 2. Without what stands before its last slash: <c>openai/gpt-4o</c>.
/// 3. Either of them without a date or <c>-latest</c> at the end: <c>gpt-4o-2024-08-06</c>, <c>claude-sonnet-4-20250514</c>.
/// Nothing else is cut off: <c>gpt-4o-mini</c> is not <c>gpt-4o</c>.
/// </remarks>
internal static class ModelNames
{
    public static IEnumerable<string> Of(string model)
    {
        yield return model;
        var name = model[(model.LastIndexOf('/') + 1)..];
        if (name.Length is > 0 && name.Length < model.Length)
        {
            yield return name;
        }

        if (Undated(model) is { } undatedModel)
        {
            yield return undatedModel;
        }

        if (name.Length < model.Length && Undated(name) is { } undatedName)
        {
            yield return undatedName;
        }
    }

    private static string? Undated(string name)
    {
        const string latest = "-latest";
        var length = name.EndsWith(latest, StringComparison.Ordinal) ? latest.Length
            : EndsWith(name, "-0000-00-00") ? 11
            : EndsWith(name, "-00000000") ? 9
            : 0;
        return length > 0 && length < name.Length ? name[..^length] : null;
    }

    /// <param name="shape">A 0 stands for any digit.</param>
    private static bool EndsWith(string name, string shape)
    {
        if (name.Length < shape.Length)
        {
            return false;
        }

        var end = name.AsSpan(name.Length - shape.Length);
        for (var i = 0; i < shape.Length; i++)
        {
            if (shape[i] == '0' ? !char.IsAsciiDigit(end[i]) : end[i] != shape[i])
            {
                return false;
            }
        }

        return true;
    }
}
