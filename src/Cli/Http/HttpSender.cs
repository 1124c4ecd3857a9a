using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Gateway.Cli.Host;

namespace Gateway.Cli.Http;

/// <summary>Sends requests with a bound on time; what goes wrong is said in one line.</summary>
public sealed class HttpSender(HttpMessageHandler network, TimeProvider time)
{
    /// <summary>No answer that is read as a whole is longer.</summary>
    private const int LongestAnswer = 32 << 20;

    /// <summary>Answers when the headers are there.</summary>
    /// <param name="request">What to send.</param>
    /// <param name="patience">Until the headers are there.</param>
    /// <param name="whom">For messages.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, TimeSpan patience, string whom, CancellationToken cancellationToken)
    {
        // The handler is the host's, and outlives this.
        var invoker = new HttpMessageInvoker(network, disposeHandler: false);
        return BoundAsync(token => invoker.SendAsync(request, token), patience, $"{whom} at {request.RequestUri!.GetLeftPart(UriPartial.Authority)}", cancellationToken);
    }

    public Task<string> ReadTextAsync(HttpResponseMessage answer, TimeSpan patience, string whom, CancellationToken cancellationToken) =>
        BoundAsync(token => ReadAsync(answer, whom, token), patience, whom, cancellationToken);

    private async Task<T> BoundAsync<T>(Func<CancellationToken, Task<T>> call, TimeSpan patience, string whom, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            return await call(both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CliException(ExitCodes.Unreachable, $"Cannot reach {whom}: no answer within {patience.TotalSeconds:0} seconds");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw new CliException(ExitCodes.Unreachable, $"Cannot reach {whom}: {Cause(failure)}");
        }
    }

    private static async Task<string> ReadAsync(HttpResponseMessage answer, string whom, CancellationToken cancellationToken)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        using var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await text.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            if (text.Length > LongestAnswer)
            {
                throw new CliException(ExitCodes.Failed, $"The answer of {whom} is longer than {LongestAnswer >> 20} MiB");
            }
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static string Cause(Exception failure) => failure switch
    {
        { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => "nothing listens there. Is the address right, and is it running?",
        { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } } => "there is no host of that name",
        { InnerException: AuthenticationException } => "its TLS certificate is not trusted",
        { InnerException: SocketException socket } => socket.SocketErrorCode.ToString(),
        _ => "the connection broke",
    };
}
