using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gateway.Api.Startup.Stopping;

/// <summary>The sockets on which the server listens, and a way to close them without losing whoever is just connecting.</summary>
/// <remarks>
/// The kernel takes connections before the server does; those that still wait when the socket closes are reset, and a balancer takes the
/// request it sent on one for lost. So, before the server closes: (1) the kernel is told to overlook whoever begins to connect (a socket filter
/// that drops SYN); (2) the server takes what waits, until nothing does. Whoever was overlooked asks again after a second, is refused, and goes
/// elsewhere. Linux only, other systems close as they do.
/// </remarks>
internal sealed class ListenSockets(TimeProvider time)
{
    private const int SocketLevel = 1;
    private const int AttachFilter = 26;
    private const int TcpLevel = 6;
    private const int TcpInfo = 11;

    // Of struct tcp_info: a listening socket tells the length of its queue here.
    private const int Unacknowledged = 24;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);

    // Four instructions (code, jump if true, jump if false, operand): load the TCP flags; is SYN among them; drop; keep.
    private static readonly byte[] DropSyn =
    [
        .. Instruction(0x30, 0, 0, 13),
        .. Instruction(0x45, 0, 1, 2),
        .. Instruction(0x06, 0, 0, 0),
        .. Instruction(0x06, 0, 0, uint.MaxValue),
    ];

    private readonly ConcurrentBag<Socket> _sockets = [];

    public Socket Create(EndPoint endpoint, Func<EndPoint, Socket> create)
    {
        var socket = create(endpoint);
        if (endpoint is IPEndPoint)
        {
            _sockets.Add(socket);
        }

        return socket;
    }

    /// <summary>Lets nobody begin to connect and returns when the server has taken all that had.</summary>
    public async Task EmptyAsync(CancellationToken cancellationToken)
    {
        var filtered = OperatingSystem.IsLinux() ? _sockets.Where(TryFilter).ToArray() : [];
        if (filtered.Length == 0)
        {
            return;
        }

        var began = time.GetTimestamp();
        do
        {
            // At least once: a connection may have been shaken hands on at this very moment.
            await Task.Delay(Pause, time, cancellationToken);
        }
        while (filtered.Any(IsWaitedAt) && time.GetElapsedTime(began) < Bound);
    }

    private static bool TryFilter(Socket socket)
    {
        var program = GC.AllocateArray<byte>(DropSyn.Length, pinned: true);
        DropSyn.CopyTo(program, 0);
        ReadOnlySpan<FilterProgram> filter = [new((ushort)(program.Length / 8), Marshal.UnsafeAddrOfPinnedArrayElement(program, 0))];
        try
        {
            socket.SetRawSocketOption(SocketLevel, AttachFilter, MemoryMarshal.AsBytes(filter));
            GC.KeepAlive(program);
            return true;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // A kernel without filters, or a listener that is gone.
            return false;
        }
    }

    private static bool IsWaitedAt(Socket socket)
    {
        Span<byte> info = stackalloc byte[Unacknowledged + sizeof(uint)];
        try
        {
            return socket.GetRawSocketOption(TcpLevel, TcpInfo, info) == info.Length && MemoryMarshal.Read<uint>(info[Unacknowledged..]) > 0;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private static byte[] Instruction(ushort code, byte then, byte otherwise, uint operand)
    {
        var bytes = new byte[8];
        MemoryMarshal.Write(bytes, code);
        (bytes[2], bytes[3]) = (then, otherwise);
        MemoryMarshal.Write(bytes.AsSpan(4), operand);
        return bytes;
    }

    // struct sock_fprog
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct FilterProgram(ushort Length, nint Instructions);
}
