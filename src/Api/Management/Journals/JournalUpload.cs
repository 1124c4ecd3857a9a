using System.Buffers.Binary;
using Gateway.Api.Usage.Journal.Files;

namespace Gateway.Api.Management.Journals;

/// <summary>Receives the files of one session's journal into a folder.</summary>
/// <remarks>
/// The body is the files one after the other, each with its number and its length before it (4 bytes each, little-endian): the number of a
/// segment, or 0 for the totals of segments that are gone.
/// </remarks>
internal sealed class JournalUpload(string folder, long maximumBytes)
{
    private const int HeaderLength = 8;
    private const int MaxFiles = 10_000;

    private readonly byte[] _buffer = new byte[64 << 10];
    private long _received;

    /// <returns>What is wrong with the body; null: all of it is there.</returns>
    /// <exception cref="IOException">The disk refuses, or the body is not what its framing says.</exception>
    public async Task<JournalFault?> ReceiveAsync(Stream body, CancellationToken cancellationToken)
    {
        for (var files = 0; ; files++)
        {
            var read = await body.ReadAtLeastAsync(_buffer.AsMemory(0, HeaderLength), HeaderLength, throwOnEndOfStream: false, cancellationToken);
            if (read == 0)
            {
                return files == 0 ? JournalFault.Malformed : null;
            }

            var (number, length) = (BinaryPrimitives.ReadInt32LittleEndian(_buffer), BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(4)));
            var path = number == 0 ? SessionFolder.TotalsPath(folder) : SessionFolder.SegmentPath(folder, number);
            if (read < HeaderLength || number < 0 || length <= 0 || files == MaxFiles || File.Exists(path))
            {
                return JournalFault.Malformed;
            }

            _received += length;
            if (_received > maximumBytes)
            {
                return JournalFault.TooLarge;
            }

            if (!await TryCopyAsync(body, path, length, cancellationToken))
            {
                return JournalFault.Malformed;
            }
        }
    }

    private async Task<bool> TryCopyAsync(Stream body, string path, int length, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var left = length; left > 0;)
        {
            var read = await body.ReadAsync(_buffer.AsMemory(0, Math.Min(left, _buffer.Length)), cancellationToken);
            if (read == 0)
            {
                return false;
            }

            await file.WriteAsync(_buffer.AsMemory(0, read), cancellationToken);
            left -= read;
        }

        return true;
    }
}

internal enum JournalFault
{
    Malformed,
    TooLarge,
}
