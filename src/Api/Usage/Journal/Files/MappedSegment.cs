using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Api.Usage.Journal.Files;

/// <summary>Entries are copied into memory that the system keeps as part of the file: they survive the process as written ones do, without a call for each.</summary>
/// <remarks>
/// 1. Room is made ahead, by writing zeros: a full disk refuses that with an error. What is copied into room that is there needs no more.
///    Where the disk dies under a mapping the system ends the process, and the journal is taken in by the next one.
/// 2. Only file systems that always write over a block in its place are used so: others (xfs too, where a backup shares blocks with the file) may
///    find no room for it later, and end the process for that.
/// 3. A window moves along with the end, so that the process never holds more than that of the file.
/// 4. At its end the file is cut to what was written; after a crash the zeros behind it are no entry.
/// </remarks>
/// <param name="handle">Of a file that is empty.</param>
/// <param name="size">No room is made beyond it but for what is written there.</param>
internal sealed partial class MappedSegment(SafeFileHandle handle, int size) : SegmentFile(handle)
{
    private const int Ahead = 64 << 10;
    private const int Window = 1 << 20;
    private const int ReadAndWrite = 1 | 2;
    private const int Shared = 1;

    private static readonly string[] InPlace = ["ext2", "ext3", "ext4", "tmpfs"];
    private static readonly byte[] Zeros = new byte[Ahead];

    private nint _window;
    private int _windowLength;
    private int _windowBegin;
    private int _filled;

    /// <summary>Whether files of this folder may be written so.</summary>
    public static bool IsPossibleIn(string folder)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            return false;
        }

        try
        {
            return Array.IndexOf(InPlace, new DriveInfo(folder).DriveFormat) >= 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    public override void Write(ReadOnlySpan<byte> bytes, int offset)
    {
        var end = offset + bytes.Length;
        if (offset == 0)
        {
            // Without room behind it: a file that holds nothing but zeros would look damaged.
            WriteThrough(bytes, offset);
            _filled = end;
            return;
        }

        while (_filled < end)
        {
            var more = Math.Min(Ahead, Math.Max(size, end) - _filled);
            WriteThrough(Zeros.AsSpan(0, more), _filled);
            _filled += more;
        }

        if ((offset >= _windowBegin && end <= _windowBegin + _windowLength) || TryMove(offset, bytes.Length))
        {
            Copy(bytes, _window + (offset - _windowBegin));
        }
        else
        {
            WriteThrough(bytes, offset);
        }
    }

    public override void End(int length)
    {
        Unmap();
        try
        {
            RandomAccess.SetLength(Handle, length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It only looks longer: the next file says where this one ends, and zeros are no entry.
        }
    }

    /// <returns>False: the system maps nothing now; what is written meanwhile is in the file all the same.</returns>
    private bool TryMove(int offset, int length)
    {
        Unmap();
        var begin = offset / Environment.SystemPageSize * Environment.SystemPageSize;
        var windowLength = Math.Max(Window, offset - begin + length);
        var window = Map(0, (nuint)windowLength, ReadAndWrite, Shared, Handle, begin);
        if (window == -1)
        {
            return false;
        }

        (_window, _windowLength, _windowBegin) = (window, windowLength, begin);
        return true;
    }

    // By a call that leaves the runtime: the disk may hold up the touch of a page, and a thread that waits inside managed code would hold
    // up the garbage collector, and with it the whole process.
    private static unsafe void Copy(ReadOnlySpan<byte> bytes, nint target)
    {
        fixed (byte* source = bytes)
        {
            _ = Copy(target, (nint)source, (nuint)bytes.Length);
        }
    }

    private void Unmap()
    {
        if (_windowLength > 0)
        {
            _ = Unmap(_window, (nuint)_windowLength);
            (_window, _windowLength, _windowBegin) = (0, 0, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, SafeFileHandle file, nint offset);

    [LibraryImport("libc", EntryPoint = "memcpy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Copy(nint target, nint source, nuint length);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(nint address, nuint length);
}
