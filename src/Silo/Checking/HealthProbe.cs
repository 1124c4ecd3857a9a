using System.Net.Sockets;

namespace Gateway.Silo.Checking;

/// <summary>
/// <c>--health URL</c>: whether the address answers with success, for the health check of a container, whose image holds no other
/// program that could ask. Exit code 0 or 1 and one line, of the answer's status and never of its body.
/// </summary>
public static class HealthProbe
{
    /// <summary>Below the usual bound of a container's health check, so that this line is what it shows.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    /// <summary>Null: not an http or https address.</summary>
    public static Uri? Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) ? uri : null;

    public static async Task<int> RunAsync(Uri address, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        var (healthy, line) = await AskAsync(address, either.Token);
        await output.WriteLineAsync(line.AsMemory(), CancellationToken.None);
        return healthy ? 0 : 1;
    }

    private static async Task<(bool Healthy, string Line)> AskAsync(Uri address, CancellationToken cancellationToken)
    {
        // Proxies of the environment are for upstreams; this asks a neighbour.
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler, disposeHandler: false) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        try
        {
            using var answer = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (answer.IsSuccessStatusCode, $"{address}: {(int)answer.StatusCode}");
        }
        catch (OperationCanceledException)
        {
            return (false, $"{address}: no answer within {Timeout.TotalSeconds} s");
        }
        catch (HttpRequestException exception)
        {
            var reason = exception.InnerException is SocketException socket ? socket.SocketErrorCode.ToString() : exception.HttpRequestError.ToString();
            return (false, $"{address}: {reason}");
        }
    }
}
