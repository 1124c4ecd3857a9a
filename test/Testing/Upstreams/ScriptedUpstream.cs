using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Gateway.Testing.Upstreams;

/// <summary>Answers one request; see <see cref="Replies"/> and <see cref="StreamReplies"/>.</summary>
public delegate Task UpstreamReply(UpstreamExchange exchange);

/// <summary>
/// An HTTP/1.1 server on loopback whose every byte is under the test's control. It keeps each request exactly as it
/// arrived and may be told at any time to answer differently.
/// </summary>
public sealed class ScriptedUpstream : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly TcpListener listener;
    private readonly SslServerAuthenticationOptions? tls;
    private readonly ConcurrentQueue<ReceivedRequest> requests = new();
    private readonly ConcurrentDictionary<int, Task> connections = new();
    private readonly Task accepting;
    private readonly bool keepRequests;
    private volatile UpstreamReply reply;
    private int connectionCount;

    private ScriptedUpstream(UpstreamReply reply, SslServerAuthenticationOptions? tls, bool keepRequests, int port)
    {
        this.reply = reply;
        this.tls = tls;
        this.keepRequests = keepRequests;
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start(512);
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Scheme, host and port, without a trailing slash.</summary>
    public string Origin => $"{(tls is null ? "http" : "https")}://127.0.0.1:{Port}";

    /// <summary>What a manifest entry's <c>url</c> is for it.</summary>
    public string Url => Origin + "/v1";

    public IReadOnlyCollection<ReceivedRequest> Requests => requests;

    public int ConnectionCount => Volatile.Read(ref connectionCount);

    /// <summary>The present script; a change holds from the next request on.</summary>
    public UpstreamReply Reply
    {
        get => reply;
        set => reply = value;
    }

    /// <summary>Starts listening.</summary>
    /// <param name="reply">Null: it answers like a well-behaved OpenAI-compatible API.</param>
    /// <param name="tls">Null: plain text.</param>
    /// <param name="keepRequests">False for runs of many requests, whose script looks at each itself.</param>
    /// <param name="port">0: a free one. Otherwise that of one that was disposed, which is back then.</param>
    public static ScriptedUpstream Start(UpstreamReply? reply = null, SslServerAuthenticationOptions? tls = null, bool keepRequests = true, int port = 0) =>
        new(reply ?? Replies.OpenAi(), tls, keepRequests, port);

    /// <summary>From now on connections are refused; open ones go on.</summary>
    public void StopListening() => listener.Stop();

    public void ClearRequests() => requests.Clear();

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(connections.Values);
        stopping.Dispose();
    }

    internal Task AnswerAsync(UpstreamExchange exchange)
    {
        if (keepRequests)
        {
            requests.Enqueue(exchange.Request);
        }

        return reply(exchange);
    }

    private async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptSocketAsync(stopping.Token);
                var number = Interlocked.Increment(ref connectionCount);
                connections[number] = RunAsync(new UpstreamConnection(this, socket, number, stopping.Token), number);
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task RunAsync(UpstreamConnection connection, int number)
    {
        await Task.Yield();
        await connection.RunAsync(tls);
        connections.TryRemove(number, out _);
    }
}
