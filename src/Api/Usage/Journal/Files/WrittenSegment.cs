using Microsoft.Win32.SafeHandles;

namespace Gateway.Api.Usage.Journal.Files;

/// <summary>Each entry is a call of the system. Works on every file system.</summary>
internal sealed class WrittenSegment(SafeFileHandle handle) : SegmentFile(handle)
{
    public override void Write(ReadOnlySpan<byte> bytes, int offset) => WriteThrough(bytes, offset);

    public override void End(int length)
    {
    }
}
