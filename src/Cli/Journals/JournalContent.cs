using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;

namespace Gateway.Cli.Journals;

/// <summary>Files one after the other, each with its number and its length before it: 4 bytes each, little-endian.</summary>
internal sealed class JournalContent : HttpContent
{
    private const int HeaderLength = 8;

    private readonly IReadOnlyList<(int Number, FileInfo File)> _files;

    public JournalContent(IReadOnlyList<(int Number, FileInfo File)> files)
    {
        _files = files;
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderLength];
        foreach (var (number, file) in _files)
        {
            BinaryPrimitives.WriteInt32LittleEndian(header, number);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), checked((int)file.Length));
            await stream.WriteAsync(header, cancellationToken);
            await using var content = file.OpenRead();
            await content.CopyToAsync(stream, cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _files.Sum(part => HeaderLength + part.File.Length);
        return true;
    }
}
