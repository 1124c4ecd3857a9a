using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace Gateway.Api.Streaming;

/// <summary>Ends a connection so that every client notices that the stream is incomplete.</summary>
/// <remarks>
/// Some clients raise at an error event and never look at the connection, others ignore the event and raise only when the
/// body ends before its framing says so. So both, in this order, once the event was flushed:
/// (1) a pause, since what is in flight when a connection is aborted may be thrown away on either side; a longer one on HTTP/2, where a reset makes
///     clients throw away what they have received and not read yet. A flush is done before its bytes are at the socket: a pause that took much
///     longer than it should says that this process gets no processor, and nothing may have been sent yet, so that it is made again;
/// (2) HTTP/1.1: shut down the sending side, which ends the body early without the loss that a reset may cause; pause.
///     HTTP/1.0, where the end of the connection is the body's proper end: reset it, nothing else tells;
/// (3) abort: on HTTP/1.1 the connection, on HTTP/2 this stream only.
/// </remarks>
public static class CutEnding
{
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    public static readonly TimeSpan Http2Pause = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan MostOfPauses = TimeSpan.FromSeconds(2);

    public static async Task EndAsync(HttpContext context, TimeProvider time)
    {
        await PauseAsync(HttpProtocol.IsHttp2(context.Request.Protocol) ? Http2Pause : Pause, time);
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            await EndSocketAsync(socket, context.Request.Protocol, time);
        }

        context.Abort();
    }

    private static async Task PauseAsync(TimeSpan pause, TimeProvider time)
    {
        var beganAt = time.GetTimestamp();
        long pauseBeganAt;
        do
        {
            pauseBeganAt = time.GetTimestamp();
            await Task.Delay(pause, time, CancellationToken.None);
        }
        while (time.GetElapsedTime(pauseBeganAt) >= pause * 1.5 && time.GetElapsedTime(beganAt) < MostOfPauses);
    }

    private static async Task EndSocketAsync(Socket socket, string protocol, TimeProvider time)
    {
        try
        {
            if (HttpProtocol.IsHttp11(protocol))
            {
                socket.Shutdown(SocketShutdown.Send);
                await Task.Delay(Pause, time, CancellationToken.None);
            }
            else if (HttpProtocol.IsHttp10(protocol))
            {
                socket.Close(timeout: 0);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The caller has closed its side already.
        }
    }
}
