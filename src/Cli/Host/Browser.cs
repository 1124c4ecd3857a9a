using System.ComponentModel;
using System.Diagnostics;

namespace Gateway.Cli.Host;

internal static class Browser
{
    /// <summary>False: there is none on this machine, or no screen to show it on.</summary>
    public static bool Open(Uri address)
    {
        if (address.Scheme is not ("http" or "https"))
        {
            return false;
        }

        try
        {
            using var process = Process.Start(StartInfo(address.AbsoluteUri));
            return true;
        }
        catch (Exception failure) when (failure is Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            return false;
        }
    }

    private static ProcessStartInfo StartInfo(string address)
    {
        if (OperatingSystem.IsWindows())
        {
            return new ProcessStartInfo(address) { UseShellExecute = true };
        }

        if (OperatingSystem.IsMacOS())
        {
            return new ProcessStartInfo("open", [address]);
        }

        return Environment.GetEnvironmentVariable("DISPLAY") is null && Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is null
            ? throw new PlatformNotSupportedException("There is no screen.")
            : new ProcessStartInfo("xdg-open", [address]) { RedirectStandardOutput = true, RedirectStandardError = true };
    }
}
