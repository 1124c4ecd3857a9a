using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;

namespace Gateway.Bench.Limits;

/// <summary>One answer.</summary>
/// <param name="At">Since the load began.</param>
/// <param name="OverheadMilliseconds">As the gateway tells it: its time less what it waited for the upstream.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Answer(int Number, HttpStatusCode Status, TimeSpan At, double OverheadMilliseconds);

/// <summary>Requests at a fixed rate, by turns to each front-end, whatever becomes of them.</summary>
internal sealed class OfferedLoad(IReadOnlyList<string> origins) : IDisposable
{
    private const int Workers = 48;

    private static readonly byte[] Body = Encoding.ASCII.GetBytes(Callers.ChatBody(LimitsStage.Model));

    private readonly HttpMessageInvoker invoker = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });
    private readonly Uri[] addresses = [.. origins.Select(origin => new Uri(origin + "/v1/chat/completions"))];

    /// <param name="key">By number of the request.</param>
    public async Task<List<Answer>> RunAsync(double rate, TimeSpan time, Func<int, string> key)
    {
        var total = (int)(rate * time.TotalSeconds);
        var next = -1;
        var start = Stopwatch.GetTimestamp();
        var answers = await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            var own = new List<Answer>();
            int number;
            while ((number = Interlocked.Increment(ref next)) < total)
            {
                var early = TimeSpan.FromSeconds(number / rate) - Stopwatch.GetElapsedTime(start);
                if (early > TimeSpan.Zero)
                {
                    await Task.Delay(early, TimeProvider.System);
                }

                var (status, overhead) = await SendAsync(addresses[number % addresses.Length], key(number));
                own.Add(new Answer(number, status, Stopwatch.GetElapsedTime(start), overhead));
            }

            return own;
        })));
        return answers.SelectMany(list => list).ToList();
    }

    public void Dispose() => invoker.Dispose();

    private async Task<(HttpStatusCode Status, double Overhead)> SendAsync(Uri address, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        using var answer = await invoker.SendAsync(request, CancellationToken.None);
        await answer.Content.ReadAsByteArrayAsync();
        return (answer.StatusCode, answer.Header("x-gateway-overhead-ms") is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : double.NaN);
    }
}
