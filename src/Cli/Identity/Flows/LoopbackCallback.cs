using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Web;

namespace Gateway.Cli.Identity.Flows;

/// <summary>
/// Waits on loopback for the browser to come back. Other pages can send requests here too, so whatever lacks the state is refused and the
/// wait goes on. Browsers open connections that they may not use, so each is served by itself.
/// </summary>
public sealed class LoopbackCallback : IAsyncDisposable
{
    private const string Path = "/callback";
    private const int LongestHead = 16 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<CallbackAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly byte[] _state;
    private readonly Task _accepting;

    private LoopbackCallback(string state)
    {
        _state = Encoding.UTF8.GetBytes(state);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string RedirectUri => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}{Path}";

    /// <summary>The first answer with the right state.</summary>
    public Task<CallbackAnswer> Answer => _answer.Task;

    public static LoopbackCallback Listen(string state) => new(state);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        await Task.WhenAll(_connections);
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException)
        {
            // The sign-in is over.
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using (connection)
        {
            try
            {
                var stream = connection.GetStream();
                var (status, text, answer) = Judge(await ReadTargetAsync(stream, _stopping.Token));
                await stream.WriteAsync(Page(status, text), answer is null ? _stopping.Token : CancellationToken.None);
                if (answer is not null)
                {
                    // The page is out before the program may end.
                    connection.Client.Shutdown(SocketShutdown.Send);
                    _answer.TrySetResult(answer);
                }
            }
            catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException)
            {
                // That connection is gone; another may come.
            }
        }
    }

    private (string Status, string Text, CallbackAnswer? Answer) Judge(string? target)
    {
        if (target is null || target.Split('?', 2) is not [Path, var query])
        {
            return ("404 Not Found", "There is nothing here.", null);
        }

        var values = HttpUtility.ParseQueryString(query);
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(values["state"] ?? ""), _state) || (values["code"] is null && values["error"] is null))
        {
            return ("400 Bad Request", "This is not the answer to the sign-in that the command line started.", null);
        }

        var answer = new CallbackAnswer(values["error"] is null ? values["code"] : null, values["error"], values["error_description"], values["iss"]);
        return ("200 OK", answer.Error is null ? "You can close this page and go back to the command line." : "The sign-in was refused. The command line says why.", answer);
    }

    /// <summary>The target of a GET; null: it is none.</summary>
    private static async Task<string?> ReadTargetAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var head = new byte[LongestHead];
        var length = 0;
        while (length < head.Length)
        {
            var read = await stream.ReadAsync(head.AsMemory(length), cancellationToken);
            length += read;
            if (read == 0 || head.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0)
            {
                break;
            }
        }

        var line = Encoding.ASCII.GetString(head, 0, length).Split("\r\n", 2)[0].Split(' ');
        return line is ["GET", var target, _] ? target : null;
    }

    private static byte[] Page(string status, string text)
    {
        var body = $"<!doctype html><meta charset=utf-8><title>gateway login</title><p>{text}</p>";
        return Encoding.UTF8.GetBytes(
            $"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {body.Length}\r\nCache-Control: no-store\r\n" +
            $"Content-Security-Policy: default-src 'none'\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n{body}");
    }
}
