using Gateway.Silo.Settings.Sources;

namespace Gateway.Silo.Settings.Secrets;

/// <summary>A file that holds one secret, as container platforms mount them.</summary>
internal static class SecretFile
{
    private const int MaxBytes = 1 << 20;

    /// <returns>Null: <paramref name="error"/> continues a sentence that begins with the file's name.</returns>
    public static string? Read(string path, out string? error)
    {
        var text = BoundedFile.ReadText(path, MaxBytes, out error) is { } read ? Trim(read) : null;
        if (text is { Length: 0 })
        {
            error = "is empty";
            return null;
        }

        return text;
    }

    /// <summary>Editors end a file with a line break, which belongs to no secret.</summary>
    public static string Trim(string text) => text.TrimEnd('\r', '\n');
}
