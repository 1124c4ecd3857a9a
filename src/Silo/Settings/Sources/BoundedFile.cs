using System.Text;

namespace Gateway.Silo.Settings.Sources;

/// <summary>Reads small text files that people write; a wrong path must not fill the memory.</summary>
internal static class BoundedFile
{
    /// <returns>Null: <paramref name="error"/> says why, without any content.</returns>
    public static string? ReadText(string path, int maxBytes, out string? error)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var buffer = new byte[Math.Min(maxBytes, 64 * 1024) + 1];
            using var content = new MemoryStream();
            int read;
            while ((read = stream.Read(buffer)) > 0)
            {
                content.Write(buffer, 0, read);
                if (content.Length > maxBytes)
                {
                    error = $"is larger than {maxBytes} bytes";
                    return null;
                }
            }

            error = null;
            return Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length).TrimStart('\uFEFF');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            error = exception switch
            {
                FileNotFoundException or DirectoryNotFoundException => "does not exist",
                UnauthorizedAccessException => "may not be read by this user, or is a folder",
                _ => "cannot be read",
            };
            return null;
        }
    }
}
