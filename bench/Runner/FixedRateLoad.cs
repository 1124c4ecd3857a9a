using System.Diagnostics;
using System.Net.Http.Headers;

namespace Gateway.Runner;

/// <summary>
/// Requests at a fixed rate, each timed from the moment at which it was due: a program that falls behind shows it,
/// which closed-loop tools hide. For streams the time is that to the first byte of the body.
/// </summary>
internal sealed class FixedRateLoad(string[] keys, byte[] body) : IDisposable
{
    private readonly HttpMessageInvoker invoker = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });

    /// <summary>Milliseconds to the first byte of each request.</summary>
    public async Task<List<double>> RunAsync(string origin, double rate, int seconds)
    {
        const int workers = 32;
        var total = (int)(rate * seconds);
        var next = -1;
        var address = new Uri(origin + "/v1/chat/completions");
        var start = Stopwatch.GetTimestamp();
        var latencies = await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(async () =>
        {
            var own = new List<double>();
            int number;
            while ((number = Interlocked.Increment(ref next)) < total)
            {
                var due = TimeSpan.FromSeconds(number / rate);
                var early = due - Stopwatch.GetElapsedTime(start);
                if (early > TimeSpan.Zero)
                {
                    await Task.Delay(early, TimeProvider.System);
                }

                // A timer that fires late is the load generator's fault, not the candidate's.
                var sent = Math.Max(due.TotalMilliseconds, Stopwatch.GetElapsedTime(start).TotalMilliseconds - 2);
                await FirstByteAsync(address, keys[number % keys.Length], () => own.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds - sent));
            }

            return own;
        })));
        return latencies.SelectMany(list => list).ToList();
    }

    public void Dispose() => invoker.Dispose();

    private async Task FirstByteAsync(Uri address, string key, Action firstByte)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        using var answer = await invoker.SendAsync(request, CancellationToken.None);
        answer.EnsureSuccessStatusCode();
        await using var stream = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[4096];
        var read = await stream.ReadAsync(buffer);
        firstByte();
        while (read > 0)
        {
            read = await stream.ReadAsync(buffer);
        }
    }
}
