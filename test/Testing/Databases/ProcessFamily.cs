using System.Globalization;
using System.Runtime.InteropServices;

namespace Gateway.Testing.Databases;

/// <summary>Freezes a process with its direct children, as a machine that hangs does.</summary>
internal static partial class ProcessFamily
{
    private const int Continue = 18;
    private const int Stop = 19;

    /// <summary>The parent first: it must not start a child that is missed.</summary>
    public static void Freeze(int processId)
    {
        Send(processId, Stop);
        foreach (var child in Children(processId))
        {
            Send(child, Stop);
        }
    }

    public static void Thaw(int processId)
    {
        foreach (var child in Children(processId))
        {
            Send(child, Continue);
        }

        Send(processId, Continue);
    }

    public static void Send(int processId, int signal) => _ = Signal(processId, signal);

    private static List<int> Children(int processId)
    {
        var path = $"/proc/{processId}/task/{processId}/children";
        return File.Exists(path)
            ? [.. File.ReadAllText(path).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))]
            : [];
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int processId, int signal);
}
