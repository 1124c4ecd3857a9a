using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Api.Tests.Forwarding.Rig;

/// <summary>Reads the head of each request and nothing of its body that does not come with it, says its answer, and closes: a reset to whoever still sends.</summary>
internal sealed class UnreadBodyUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _answer;
    private readonly Task _serving;

    /// <param name="answer">Empty: none.</param>
    public UnreadBodyUpstream(string answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1";

    public int Requests { get; private set; }

    public static string Answer(int status, string body) =>
        $"HTTP/1.1 {status} Early\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync()
    {
        var head = new byte[8 * 1024];
        try
        {
            while (true)
            {
                using var socket = await _listener.AcceptSocketAsync();
                await socket.ReceiveAsync(head, SocketFlags.None);
                Requests++;
                if (_answer.Length == 0)
                {
                    socket.LingerState = new LingerOption(enable: true, seconds: 0);
                }
                else
                {
                    await socket.SendAsync(Encoding.UTF8.GetBytes(_answer), SocketFlags.None);
                }
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
