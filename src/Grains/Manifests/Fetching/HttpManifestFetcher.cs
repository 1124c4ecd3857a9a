using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Manifests.Parsing;
using Gateway.Grains.Network;

namespace Gateway.Grains.Manifests.Fetching;

/// <summary>
/// A manifest behind http(s):
/// (1) ask with the validators of the last good answer; (2) follow at most three redirects, never from https to http, and send
/// <c>Authorization</c> only to the origin that it was given for; (3) read the body within the size bound, whatever its content type;
/// (4) all of this within one time bound.
/// </summary>
internal sealed class HttpManifestFetcher : IManifestFetcher, IDisposable
{
    private const int MaxRedirects = 3;

    // Servers date files by the second: a file that changed twice in that second has one Last-Modified for two contents.
    private static readonly TimeSpan LastModifiedResolution = TimeSpan.FromSeconds(2);

    private readonly ManifestSource _source;
    private readonly Func<string?> _authorization;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;

    /// <param name="authorization">Reads the value in force now, which a watched file may change; null: the source's own for good.</param>
    /// <param name="proxy">Knows which addresses it is for, loopback never; null: none.</param>
    public HttpManifestFetcher(ManifestSource source, TimeSpan timeout, GuardedDialer dialer, TimeProvider time, Func<string?>? authorization = null, IWebProxy? proxy = null)
    {
        _authorization = authorization ?? (() => source.Authorization);
        _source = source;
        _timeout = timeout;
        _time = time;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = dialer.ConnectAsync,
            MaxResponseHeadersLength = 64,

            // A connection for each look: one that is kept goes to the old host long after its name leads elsewhere.
            PooledConnectionLifetime = TimeSpan.Zero,
            Proxy = proxy,
            UseCookies = false,
            UseProxy = proxy is not null,
        });
    }

    public Task<bool> HasChangedAsync(CancellationToken cancellationToken) => Task.FromResult(false);

    public bool IsLocal => false;

    public async Task<FetchResult> FetchAsync(CacheValidators validators, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await FollowAsync(validators, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new FetchResult.Failed(
                $"The host did not answer completely within {_timeout.TotalSeconds:0.###} s (METIS_TIMEOUT_SECONDS).");
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            return new FetchResult.Failed(Describe(problem));
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<FetchResult> FollowAsync(CacheValidators validators, CancellationToken cancellationToken)
    {
        var url = _source.Location;
        for (var redirects = 0; ; redirects++)
        {
            using var request = Request(url, validators);
            using var response = await _http.SendAsync(request, cancellationToken);
            if (!IsRedirect(response.StatusCode))
            {
                return await ReadAsync(response, validators, cancellationToken);
            }

            if (redirects == MaxRedirects)
            {
                return new FetchResult.Failed($"The host redirects more than {MaxRedirects} times.");
            }

            if (response.Headers.Location is not { } location)
            {
                return new FetchResult.Failed($"The host answered {(int)response.StatusCode} without saying where to.");
            }

            var next = new Uri(url, location);
            if (next.Scheme != Uri.UriSchemeHttps && (next.Scheme != Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps))
            {
                return new FetchResult.Failed($"The host redirects from {url.Scheme} to {next.Scheme}, which is not followed.");
            }

            url = next;
        }
    }

    private HttpRequestMessage Request(Uri url, CacheValidators validators)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("Accept", "application/json, */*;q=0.5");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        request.Headers.TryAddWithoutValidation("User-Agent", "inference-gateway");
        if (validators.ETag is { } tag)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        }

        request.Headers.IfModifiedSince = validators.LastModified;
        if (_authorization() is { } authorization && Origin.Of(url) == Origin.Of(_source.Location))
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return request;
    }

    private static async Task<FetchResult> ReadAsync(HttpResponseMessage response, CacheValidators sent, CancellationToken cancellationToken)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.NotModified when !sent.IsEmpty:
                return new FetchResult.NotModified();
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                return new FetchResult.Failed($"The host answered {(int)response.StatusCode}; check METIS_STATUS_AUTHORIZATION.");
            case HttpStatusCode.NotFound:
                return new FetchResult.Failed("The host answered 404; check the path in METIS_STATUS_URL.");
            case not HttpStatusCode.OK:
                return new FetchResult.Failed($"The host answered {(int)response.StatusCode}.");
        }

        if (response.Content.Headers.ContentEncoding.Any(coding => !coding.Equals("identity", StringComparison.OrdinalIgnoreCase)))
        {
            return new FetchResult.Failed("The host compresses its answer although it was asked not to.");
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var content = await BoundedReader.ReadAsync(body, cancellationToken);
        return content is null
            ? new FetchResult.Failed($"The answer is larger than {ManifestBounds.DocumentBytes >> 20} MiB.")
            : new FetchResult.Fresh(content.Value, Validators(response));
    }

    private static CacheValidators Validators(HttpResponseMessage response)
    {
        var tag = response.Headers.TryGetValues("ETag", out var tags) ? tags.FirstOrDefault() : null;
        var modified = response.Content.Headers.LastModified;
        var isSettled = response.Headers.Date - modified >= LastModifiedResolution;
        return new CacheValidators(tag, isSettled ? modified : null);
    }

    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    private static string Describe(Exception problem)
    {
        for (var cause = problem; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case AddressRefusedException:
                    return cause.Message;
                case AuthenticationException:
                    return "The TLS connection failed: the certificate is not valid or not trusted here.";
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return "The host name of METIS_STATUS_URL does not resolve from here.";
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return "Nobody listens at the host and port of METIS_STATUS_URL (connection refused).";
                case SocketException socket:
                    return $"The connection failed ({socket.SocketErrorCode}).";
            }
        }

        return problem is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http
            ? $"The answer is not usable ({http.HttpRequestError})."
            : "The connection ended before the answer was complete.";
    }
}
