using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;

namespace Gateway.Testing.Upstreams;

/// <summary>One accepted connection: a pump that notices at once when the client leaves, and a loop over its requests.</summary>
internal sealed class UpstreamConnection(ScriptedUpstream owner, Socket socket, int number, CancellationToken stopping)
{
    private readonly TaskCompletionSource clientClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task RunAsync(SslServerAuthenticationOptions? tls)
    {
        try
        {
            socket.NoDelay = true;
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            string? serverName = null;
            if (tls is not null)
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync(tls, stopping);
                serverName = secure.TargetHostName;
                stream = secure;
            }

            await using (stream)
            {
                var pipe = new Pipe();
                var pump = PumpAsync(stream, pipe.Writer);
                await ServeAsync(stream, new RequestReader(pipe.Reader), serverName);
                socket.Close();
                await pump;
            }
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or SocketException or ObjectDisposedException
            or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // Clients that leave in the middle are part of what is tested.
        }
        finally
        {
            clientClosed.TrySetResult();
            socket.Dispose();
        }
    }

    private async Task ServeAsync(Stream stream, RequestReader reader, string? serverName)
    {
        while (await reader.ReadAsync(stopping) is var (method, target, headers, body))
        {
            var request = new ReceivedRequest(method, target, headers, body)
            {
                Connection = number,
                ServerName = serverName,
                ClientClosed = clientClosed.Task,
            };
            var exchange = new UpstreamExchange(request, stream, socket, stopping);
            await owner.AnswerAsync(exchange);
            if (exchange.Closed)
            {
                return;
            }
        }
    }

    private async Task PumpAsync(Stream stream, PipeWriter output)
    {
        try
        {
            int read;
            while ((read = await stream.ReadAsync(output.GetMemory(4096), stopping)) > 0)
            {
                output.Advance(read);
                await output.FlushAsync(stopping);
            }
        }
        catch (Exception failure) when (failure is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // A reset is a way to leave as well.
        }

        clientClosed.TrySetResult();
        await output.CompleteAsync();
    }
}
