using System.Text;

namespace Gateway.Silo.DataDirectories;

/// <summary>Small files with secrets: readable by their owner only, there as a whole or not at all.</summary>
internal static class OwnerOnlyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>What the file holds, made now if it is not there.</summary>
    /// <param name="make">New content.</param>
    /// <param name="isValid">False: the file is damaged. It is never replaced, since what was made with its content would be lost in silence.</param>
    public static (string Text, bool Created) ReadOrCreate(string path, Func<string> make, Func<string, bool> isValid)
    {
        try
        {
            if (!File.Exists(path))
            {
                var made = make();
                Write(path, made);
                return (made, true);
            }

            var text = File.ReadAllText(path).Trim();
            return isValid(text)
                ? (text, false)
                : throw new StartException($"{path} is damaged; restore it from a backup, or remove it to have a new one made.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"DATA_DIR: {path} cannot be read or written by this user.", exception);
        }
    }

    public static void Write(string path, string text)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(Encoding.UTF8.GetBytes(text + "\n"));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
