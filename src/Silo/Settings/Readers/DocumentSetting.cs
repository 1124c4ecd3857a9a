using Gateway.Silo.Settings.Secrets;
using Gateway.Silo.Settings.Sources;

namespace Gateway.Silo.Settings.Readers;

/// <summary>
/// A setting that is a JSON object, or the path of a watched file with one. What is not understood stops the start; a file that goes wrong
/// later leaves in force what was read before.
/// </summary>
internal static class DocumentSetting
{
    private const int MaxBytes = 1 << 20;

    /// <param name="apply">Puts what the text says in force, or says what is wrong with it and changes nothing.</param>
    public static void Read(SettingReader reader, string name, List<WatchedSecret> watched, Func<string, string?> apply)
    {
        if (reader.Text(name)?.Trim() is not { Length: > 0 } text)
        {
            return;
        }

        string? problem = null;
        if (!text.StartsWith('{'))
        {
            var path = reader.Home.Resolve(text);
            var read = BoundedFile.ReadText(path, MaxBytes, out problem);
            text = read ?? "";
            problem = problem is null ? null : $"must be a JSON object or the path of a file with one; the file {path} {problem}";
            watched.Add(new WatchedSecret(name, path, read, apply));
        }

        problem ??= apply(text);
        if (problem is not null)
        {
            reader.Fail(name, problem);
        }
    }
}
