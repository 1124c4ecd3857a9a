using Microsoft.Win32.SafeHandles;

namespace Gateway.Api.Usage.Journal.Files;

/// <summary>A file of a session while it is written to, from its begin to its end. Not safe for several threads.</summary>
internal abstract class SegmentFile(SafeFileHandle handle) : IDisposable
{
    public SafeFileHandle Handle => handle;

    /// <summary>Makes an empty file, or empties one that is there.</summary>
    /// <param name="path">Where.</param>
    /// <param name="size">What it will grow to.</param>
    /// <param name="isMapped">By <see cref="MappedSegment.IsPossibleIn"/>.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static SegmentFile Create(string path, int size, bool isMapped)
    {
        var handle = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        return isMapped ? new MappedSegment(handle, size) : new WrittenSegment(handle);
    }

    /// <summary>From when it returns on the bytes survive the death of the process.</summary>
    /// <exception cref="IOException">The disk refuses; some of the bytes may be there.</exception>
    public abstract void Write(ReadOnlySpan<byte> bytes, int offset);

    /// <summary>Nothing more is written; the handle is the caller's.</summary>
    /// <param name="length">Whatever lies behind it was not written.</param>
    public abstract void End(int length);

    public void Dispose() => handle.Dispose();

    protected void WriteThrough(ReadOnlySpan<byte> bytes, int offset)
    {
        try
        {
            RandomAccess.Write(handle, bytes, offset);
        }
        catch (ArgumentOutOfRangeException tooLarge)
        {
            // What the library makes of a bound on the sizes of files, as `ulimit -f` sets one.
            throw new IOException("The system allows no file of that size.", tooLarge);
        }
    }
}
