using System.Security.Cryptography;
using System.Text;

namespace Gateway.Silo.Settings.Secrets;

/// <summary>A secret that stands in a file and may change there while the process runs.</summary>
/// <param name="known">What was read when the process started: anything else in the file is new. Null: nothing could be read.</param>
/// <param name="apply">Takes over the new text; answers what is wrong with it (without the text), or null.</param>
public sealed class WatchedSecret(string setting, string filePath, string? known, Func<string, string?> apply)
{
    private byte[] _known = HashOf(known);

    public string Setting { get; } = setting;

    public string FilePath { get; } = filePath;

    /// <summary>Raised with the new text when it is in force.</summary>
    public event Action<string>? Applied;

    public string? Apply(string text)
    {
        var problem = apply(text);
        if (problem is null)
        {
            Applied?.Invoke(text);
        }

        return problem;
    }

    /// <summary>Whether the text is another one than at the last call.</summary>
    internal bool IsNew(string? text)
    {
        var hash = HashOf(text);
        if (hash.AsSpan().SequenceEqual(_known))
        {
            return false;
        }

        _known = hash;
        return true;
    }

    // Only the hash is kept, so that an old secret does not stay in memory.
    private static byte[] HashOf(string? text) => text is null ? [] : SHA256.HashData(Encoding.UTF8.GetBytes(SecretFile.Trim(text)));
}
