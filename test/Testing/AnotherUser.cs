using System.Runtime.InteropServices;

namespace Gateway.Testing;

/// <summary>Someone who may open nothing that is not everybody's, also where the tests run as root. Linux only.</summary>
public static partial class AnotherUser
{
    private const uint Nobody = 65534;
    private const uint Root = 0;

    /// <summary>What <paramref name="work"/> does on this thread, which is all until its first wait, is done as that user.</summary>
    public static T Runs<T>(Func<T> work)
    {
        _ = SetFileUser(Nobody);
        try
        {
            return work();
        }
        finally
        {
            _ = SetFileUser(Root);
        }
    }

    // Of one thread; for who is not root it changes nothing.
    [LibraryImport("libc", EntryPoint = "setfsuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetFileUser(uint user);
}
