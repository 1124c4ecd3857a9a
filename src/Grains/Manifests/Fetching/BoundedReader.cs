using Gateway.Grains.Manifests.Parsing;

namespace Gateway.Grains.Manifests.Fetching;

internal static class BoundedReader
{
    /// <summary>The whole content, or null if it is larger than a manifest may be.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (content.Length + read > ManifestBounds.DocumentBytes)
            {
                return null;
            }

            await content.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        return content.GetBuffer().AsMemory(0, (int)content.Length);
    }
}
