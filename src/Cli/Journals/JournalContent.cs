using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;

namespace Gateway.Cli.Journals;

/// <summary>Files one after the other, each with its number and its length before it: 4 bytes each, little-endian.</summary>
internal sealed class JournalContent : HttpContent
{
    private const int HeaderLength = 8;
    private const int BufferLength = 64 << 10;

    private readonly string _path;
    private readonly IReadOnlyList<(int Number, FileInfo File)> _files;

    /// <param name="path">Of the journal, for messages.</param>
    /// <param name="files">In their order.</param>
    public JournalContent(string path, IReadOnlyList<(int Number, FileInfo File)> files)
    {
        (_path, _files) = (path, files);
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderLength];
        var buffer = new byte[BufferLength];
        foreach (var (number, file) in _files)
        {
            BinaryPrimitives.WriteInt32LittleEndian(header, number);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), checked((int)file.Length));
            await stream.WriteAsync(header, cancellationToken);
            await using var content = Read(file.OpenRead);
            int read;
            while ((read = Read(() => content.Read(buffer))) > 0)
            {
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
    }

    // Else it would look like a connection that broke.
    private T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(_path, failure);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _files.Sum(part => HeaderLength + part.File.Length);
        return true;
    }
}
