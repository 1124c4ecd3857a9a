using System.Net;
using System.Net.Sockets;

namespace Gateway.Grains.Network;

/// <summary>Opens TCP connections only to addresses that the policy allows; meant for <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
public sealed class GuardedDialer(AddressPolicy policy)
{
    /// <exception cref="AddressRefusedException">No address of the host is allowed.</exception>
    public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        ConnectAsync(context.DnsEndPoint, cancellationToken);

    /// <summary>A key in plain text stays on loopback and private networks, wherever the name leads today.</summary>
    /// <exception cref="AddressRefusedException">No address of the host is allowed, or it is a public one.</exception>
    public async ValueTask<Stream> ConnectPrivatelyAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var stream = await ConnectAsync(context, cancellationToken);
        if (stream is NetworkStream { Socket.RemoteEndPoint: IPEndPoint remote } && !AddressRanges.IsPrivateOrLoopback(remote.Address))
        {
            await stream.DisposeAsync();
            throw new AddressRefusedException("A key is sent in plain http to loopback and private addresses only.");
        }

        return stream;
    }

    /// <exception cref="AddressRefusedException">No address of the host is allowed.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(target.Host, out var literal)
            ? [literal]
            : await HostNames.FindAsync(target.Host, cancellationToken);
        var allowed = Array.FindAll(addresses, policy.Allows);
        if (allowed.Length == 0)
        {
            var refusal = addresses.Length == 0 ? "a name without an address" : policy.Refusal(addresses[0]);
            throw new AddressRefusedException($"The host is {refusal}.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
