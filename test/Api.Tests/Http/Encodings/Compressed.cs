using System.IO.Compression;
using Gateway.Api.Http.Encodings;

namespace Gateway.Api.Tests.Http.Encodings;

/// <summary>Compresses as clients do.</summary>
internal static class Compressed
{
    public static byte[] Apply(ContentCoding coding, params ReadOnlySpan<byte> plain)
    {
        using var output = new MemoryStream();
        using (Stream compressing = coding switch
        {
            ContentCoding.Gzip => new GZipStream(output, CompressionLevel.SmallestSize),
            ContentCoding.Brotli => new BrotliStream(output, CompressionLevel.Fastest),
            _ => new ZLibStream(output, CompressionLevel.Fastest),
        })
        {
            compressing.Write(plain);
        }

        return output.ToArray();
    }

    public static string Name(ContentCoding coding) => coding switch
    {
        ContentCoding.Gzip => "gzip",
        ContentCoding.Brotli => "br",
        _ => "deflate",
    };

    /// <summary>Zeros of this length, made without holding them.</summary>
    public static byte[] Bomb(long length)
    {
        using var output = new MemoryStream();
        using (var compressing = new GZipStream(output, CompressionLevel.SmallestSize))
        {
            var zeros = new byte[1 << 20];
            for (var left = length; left > 0; left -= zeros.Length)
            {
                compressing.Write(zeros);
            }
        }

        return output.ToArray();
    }
}
