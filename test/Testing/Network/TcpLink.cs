using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Testing.Network;

/// <summary>A way to a local port that can be cut as a network cuts: connections stay open, and nothing comes through any more.</summary>
public sealed class TcpLink : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<int, Task> connections = new();
    private readonly int destination;
    private readonly TimeSpan delay;
    private readonly Task accepting;
    private CancellationTokenSource connected = new();
    private volatile TaskCompletionSource? cut;
    private volatile bool isCutForRequests = true;
    private volatile int count;
    private volatile int forgottenBefore;

    private TcpLink(int destination, TimeSpan delay)
    {
        this.destination = destination;
        this.delay = delay;
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <param name="port">Where it leads to.</param>
    /// <param name="delay">How long everything is on its way, in each direction.</param>
    public static TcpLink To(int port, TimeSpan delay = default) => new(port, delay);

    public void Cut() => cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is sent to the port still arrives; nothing comes back.</summary>
    public void CutAnswers()
    {
        isCutForRequests = false;
        Cut();
    }

    /// <summary>As when something on the way forgot the connections that are open: nothing comes through on them, and new ones work.</summary>
    public void CutConnections() => forgottenBefore = count;

    /// <summary>New connections come through again; those that were open during the cut are reset, as a firewall that forgot them does.</summary>
    public void Heal()
    {
        var before = Interlocked.Exchange(ref connected, new CancellationTokenSource());
        before.Cancel();
        before.Dispose();
        cut?.TrySetResult();
        cut = null;
        isCutForRequests = true;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        Heal();
        await accepting;
        listener.Stop();
        await Task.WhenAll(connections.Values);
        connected.Dispose();
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(stopping.Token);
                var number = count++;
                connections[number] = Task.Run(async () =>
                {
                    await RelayAsync(client, number, connected.Token);
                    connections.TryRemove(number, out _);
                }, CancellationToken.None);
            }
            catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task RelayAsync(TcpClient client, int number, CancellationToken whileConnected)
    {
        using var target = new TcpClient();
        using (client)
        {
            try
            {
                await PassAsync(number, isAnswer: false, whileConnected);
                await target.ConnectAsync(IPAddress.Loopback, destination, whileConnected);
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(whileConnected, stopping.Token);
                await Task.WhenAny(PumpAsync(client, target, number, isAnswer: false, ended.Token), PumpAsync(target, client, number, isAnswer: true, ended.Token));
                await ended.CancelAsync();
            }
            catch (Exception failure) when (failure is OperationCanceledException or SocketException)
            {
                // One side is gone, or the cut is over: the other side is closed too.
            }
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, int number, bool isAnswer, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await from.GetStream().ReadAsync(buffer, cancellationToken)) > 0)
            {
                await PassAsync(number, isAnswer, cancellationToken);
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The end of this direction is the end of the connection.
        }
    }

    private async Task PassAsync(int number, bool isAnswer, CancellationToken cancellationToken)
    {
        if (number < forgottenBefore)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, TimeProvider.System, cancellationToken);
        }

        if (cut is { } until && (isAnswer || isCutForRequests))
        {
            await until.Task.WaitAsync(cancellationToken);
        }
    }
}
