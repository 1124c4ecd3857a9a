using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gateway.Grains.Tokens;

/// <summary>
/// Calls to the authorization server and what belongs to it, one for all grains of a silo:
/// (1) at most 64 at a time, so that a flood of unknown tokens stays a trickle there; who finds no place within the bound gives up;
/// (2) after a connection failed or was lost nobody dials that host again for a second; an answer that is late may be about one token, and stops nobody;
/// (3) 5 s a call, at most 1 MiB, no redirects;
/// (4) silence, 429, 5xx and what is not JSON count as unavailable; so does a refusal of our own client. What is larger says something of its token alone.
/// </summary>
internal sealed partial class AuthorizationServer : IDisposable
{
    public const int Parallelism = 64;

    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private const int MaxBytes = 1 << 20;
    private static readonly TimeSpan CallBound = TimeSpan.FromSeconds(5);

    // Less than the bound of the call, so that one that was not answered had a connection.
    private static readonly TimeSpan ConnectBound = TimeSpan.FromSeconds(3);

    private readonly IOptions<IntrospectionOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, long> _failedAt = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _places = new(Parallelism, Parallelism);
    private readonly HttpClient _client;
    private int _isAway;

    /// <param name="proxy">Knows which addresses it is for; null: none.</param>
    public AuthorizationServer(IOptions<IntrospectionOptions> options, TimeProvider time, ILogger<AuthorizationServer> logger, IWebProxy? proxy = null)
    {
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            Proxy = proxy,
            UseProxy = proxy is not null,
            ConnectTimeout = ConnectBound,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxConnectionsPerServer = Parallelism,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxBytes,
        };
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Posts a form with the gateway's client credentials.</summary>
    public Task<ProviderReply> PostAsync(Uri url, IEnumerable<KeyValuePair<string, string>> form, CancellationToken cancellationToken) =>
        SendAsync(
            url,
            () => new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form), Headers = { Authorization = Basic(_options.Value) } },
            cancellationToken);

    /// <summary>Reads with a token of the user's.</summary>
    public Task<ProviderReply> GetAsync(Uri url, string token, CancellationToken cancellationToken) =>
        SendAsync(url, () => new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } }, cancellationToken);

    public void Dispose()
    {
        _client.Dispose();
        _places.Dispose();
    }

    // RFC 6749, 2.3.1: both parts are form-encoded before they are joined.
    private static AuthenticationHeaderValue Basic(IntrospectionOptions options) => new(
        "Basic",
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{WebUtility.UrlEncode(options.ClientId)}:{WebUtility.UrlEncode(options.ClientSecret)}")));

    private async Task<ProviderReply> SendAsync(Uri url, Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(CallBound, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await _places.WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            NoteAway("All places for calls to it are taken.");
            return ProviderReply.None;
        }

        try
        {
            return IsBackingOff(url.Authority) ? ProviderReply.None : await SendNowAsync(make, both.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            NoteAway($"It did not answer within {CallBound.TotalSeconds:0} s.");
            return ProviderReply.None;
        }
        catch (HttpRequestException problem) when (problem.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            // About this token alone.
            return ProviderReply.TooLarge;
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            _failedAt[url.Authority] = _time.GetTimestamp();
            NoteAway(problem is OperationCanceledException ? $"It did not take a connection within {ConnectBound.TotalSeconds:0} s." : Describe(problem));
            return ProviderReply.None;
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task<ProviderReply> SendNowAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        using var request = make();
        request.Headers.Accept.ParseAdd("application/json");
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        var status = (int)response.StatusCode;
        if (status == 200)
        {
            try
            {
                using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken), new JsonDocumentOptions { MaxDepth = 32, AllowDuplicateProperties = false });
                NoteBack();
                return new ProviderReply(true, status, document.RootElement.Clone());
            }
            catch (JsonException)
            {
                NoteAway("Its answer is not JSON.");
                return ProviderReply.None;
            }
        }

        if (status is 429 or >= 500 or < 400)
        {
            NoteAway($"It answered {status}.");
            return ProviderReply.None;
        }

        return new ProviderReply(true, status, default);
    }

    private bool IsBackingOff(string host) => _failedAt.TryGetValue(host, out var failedAt) && _time.GetElapsedTime(failedAt) < RetryInterval;

    // Once per outage: a line per refused caller would fill the disk.
    private void NoteAway(string reason)
    {
        if (Interlocked.Exchange(ref _isAway, 1) == 0)
        {
            LogAway(_options.Value.Alias, reason);
        }
    }

    private void NoteBack()
    {
        if (Interlocked.Exchange(ref _isAway, 0) == 1)
        {
            LogBack(_options.Value.Alias);
        }
    }

    private static string Describe(Exception problem) =>
        problem is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http ? $"The call failed ({http.HttpRequestError})." : "The connection ended early.";

    [LoggerMessage(EventId = 4030, Level = LogLevel.Warning, Message = "The authorization server '{Alias}' cannot be asked; tokens that nobody has cached are answered with 503. {Reason}")]
    private partial void LogAway(string alias, string reason);

    [LoggerMessage(EventId = 4031, Level = LogLevel.Information, Message = "The authorization server '{Alias}' answers again.")]
    private partial void LogBack(string alias);
}
