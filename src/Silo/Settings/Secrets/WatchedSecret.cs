using System.Security.Cryptography;
using System.Text;

namespace Gateway.Silo.Settings.Secrets;

/// <summary>A secret that stands in a file and may change there while the process runs.</summary>
public sealed class WatchedSecret
{
    private readonly Func<string, DateTimeOffset, string?> _apply;
    private byte[] _known;

    /// <param name="known">What was read when the process started: anything else in the file is new. Null: nothing could be read.</param>
    /// <param name="apply">Takes over the new text; answers what is wrong with it (without the text), or null.</param>
    public WatchedSecret(string setting, string filePath, string? known, Func<string, string?> apply)
        : this(setting, filePath, known, (text, _) => apply(text), false)
    {
    }

    /// <param name="load">Takes over the files that belong together, at this time; answers what is wrong with them, or null.</param>
    /// <inheritdoc cref="WatchedSecret(string, string, string?, Func{string, string?})"/>
    public WatchedSecret(string setting, string filePath, string? known, Func<DateTimeOffset, string?> load)
        : this(setting, filePath, known, (_, now) => load(now), true)
    {
    }

    private WatchedSecret(string setting, string filePath, string? known, Func<string, DateTimeOffset, string?> apply, bool mayTurnGood)
    {
        (Setting, FilePath, MayTurnGood) = (setting, filePath, mayTurnGood);
        (_apply, _known) = (apply, HashOf(known));
    }

    public string Setting { get; }

    public string FilePath { get; }

    /// <summary>What was refused may be good later, though the file does not change.</summary>
    public bool MayTurnGood { get; }

    /// <summary>Raised with the new text when it is in force.</summary>
    public event Action<string>? Applied;

    public string? Apply(string text, DateTimeOffset now)
    {
        var problem = _apply(text, now);
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
