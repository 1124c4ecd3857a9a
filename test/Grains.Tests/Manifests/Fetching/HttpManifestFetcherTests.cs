using System.Globalization;
using System.Text;
using Gateway.Grains.Manifests;
using Gateway.Grains.Manifests.Fetching;
using Gateway.Grains.Network;
using Gateway.Grains.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Gateway.Grains.Tests.Manifests.Fetching;

public sealed class HttpManifestFetcherTests
{
    private const string Secret = "Basic c2VjcmV0OmNhbmFyeQ==";

    [Fact]
    public async Task A_manifest_is_read_whatever_its_content_type()
    {
        await using var host = await ManifestHost.StartAsync();
        host.Serve("""{"a":1}""", "text/html; charset=latin1");

        Text(await Fetch(host.Url())).Should().Be("""{"a":1}""");
        host.Requests.Should().ContainSingle().Which["Accept-Encoding"].ToString().Should().Be("identity");
    }

    [Fact]
    public async Task An_http_1_0_server_that_closes_after_the_body_is_read()
    {
        await using var host = new RawHost("HTTP/1.0 200 OK\r\nServer: SimpleHTTP/0.6\r\nContent-type: application/json\r\n\r\n{\"a\":1}");

        Text(await Fetch(host.Url)).Should().Be("""{"a":1}""");
    }

    [Fact]
    public async Task The_next_request_carries_the_etag_and_a_304_says_nothing_changed()
    {
        await using var host = await ManifestHost.StartAsync();
        host.Answer = context =>
        {
            context.Response.Headers.ETag = "\"v1\"";
            context.Response.StatusCode = context.Request.Headers.IfNoneMatch == "\"v1\"" ? 304 : 200;
            return context.Response.StatusCode == 200 ? context.Response.WriteAsync("{}", context.RequestAborted) : Task.CompletedTask;
        };
        var first = (await Fetch(host.Url())).Should().BeOfType<FetchResult.Fresh>().Subject;
        first.Validators.Should().Be(new CacheValidators("\"v1\"", null));

        (await Fetch(host.Url(), first.Validators)).Should().BeOfType<FetchResult.NotModified>();
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3600, true)]
    public async Task If_modified_since_is_sent_only_when_the_file_is_older_than_its_dates_resolution(int ageInSeconds, bool isSent)
    {
        await using var host = await ManifestHost.StartAsync();
        var served = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        host.Answer = context =>
        {
            context.Response.Headers.Date = served.ToString("r", CultureInfo.InvariantCulture);
            context.Response.Headers.LastModified = served.AddSeconds(-ageInSeconds).ToString("r", CultureInfo.InvariantCulture);
            return context.Response.WriteAsync("{}", context.RequestAborted);
        };
        var first = (await Fetch(host.Url())).Should().BeOfType<FetchResult.Fresh>().Subject;

        await Fetch(host.Url(), first.Validators);

        host.Requests.Last().ContainsKey("If-Modified-Since").Should().Be(isSent);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirects_are_followed(int status)
    {
        await using var host = await ManifestHost.StartAsync();
        host.Answer = context =>
        {
            if (context.Request.Path == "/status.json")
            {
                context.Response.StatusCode = status;
                context.Response.Headers.Location = "moved/here.json";
                return Task.CompletedTask;
            }

            return context.Response.WriteAsync(context.Request.Path, context.RequestAborted);
        };

        Text(await Fetch(host.Url())).Should().Be("/moved/here.json");
    }

    [Fact]
    public async Task A_fourth_redirect_is_a_failure()
    {
        await using var host = await ManifestHost.StartAsync();
        host.Answer = context =>
        {
            context.Response.Redirect("/again");
            return Task.CompletedTask;
        };

        Error(await Fetch(host.Url())).Should().Contain("more than 3 times");
        host.Requests.Should().HaveCount(4);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/x")]
    [InlineData("file:///etc/passwd")]
    public async Task A_redirect_to_another_kind_of_address_is_not_followed(string target)
    {
        await using var host = await ManifestHost.StartAsync();
        host.Answer = context =>
        {
            context.Response.Redirect(target);
            return Task.CompletedTask;
        };

        Error(await Fetch(host.Url())).Should().Contain("not followed");
    }

    [Fact]
    public async Task A_redirect_to_a_metadata_address_is_refused()
    {
        await using var host = await ManifestHost.StartAsync();
        host.Answer = context =>
        {
            context.Response.Redirect("http://169.254.169.254/latest/meta-data");
            return Task.CompletedTask;
        };

        Error(await Fetch(host.Url())).Should().Contain("never called");
    }

    [Fact]
    public async Task The_authorization_goes_to_its_own_origin_only()
    {
        await using var other = await ManifestHost.StartAsync();
        await using var host = await ManifestHost.StartAsync();
        host.Answer = context =>
        {
            context.Response.Redirect(context.Request.Path == "/status.json" ? "/same-origin" : other.Url("/other").AbsoluteUri);
            return Task.CompletedTask;
        };

        await Fetch(host.Url(), authorization: Secret);

        host.Requests.Should().HaveCount(2).And.OnlyContain(headers => headers.Authorization == Secret);
        other.Requests.Should().ContainSingle().Which.Authorization.ToString().Should().BeEmpty();
    }

    [Theory]
    [InlineData(401, "METIS_STATUS_AUTHORIZATION")]
    [InlineData(403, "METIS_STATUS_AUTHORIZATION")]
    [InlineData(404, "METIS_STATUS_URL")]
    [InlineData(500, "500")]
    [InlineData(503, "503")]
    [InlineData(204, "204")]
    [InlineData(304, "304")]
    public async Task Another_status_is_a_failure_that_says_what_to_check(int status, string named)
    {
        await using var host = await ManifestHost.StartAsync();
        host.Answer = context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };

        Error(await Fetch(host.Url(), authorization: Secret)).Should().Contain(named).And.NotContain(Secret);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":")]
    public async Task A_host_that_hangs_before_or_in_the_body_ends_at_the_time_bound(string answer)
    {
        await using var host = new RawHost(answer, staysOpen: true);

        Error(await Fetch(host.Url, timeout: TimeSpan.FromMilliseconds(300))).Should().Contain("METIS_TIMEOUT_SECONDS");
    }

    [Fact]
    public async Task Each_look_has_a_connection_of_its_own_so_that_a_changed_DNS_record_is_followed()
    {
        await using var host = new RawHost("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", staysOpen: true);
        using var fetcher = new HttpManifestFetcher(
            new ManifestSource("metis", host.Url, null), TimeSpan.FromSeconds(20), new GuardedDialer(new AddressPolicy(allowPrivate: true)), TimeProvider.System);

        Text(await fetcher.FetchAsync(CacheValidators.None, TestContext.Current.CancellationToken)).Should().Be("{}");
        Text(await fetcher.FetchAsync(CacheValidators.None, TestContext.Current.CancellationToken)).Should().Be("{}");

        host.Connections.Should().Be(2);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":")]
    [InlineData("not http at all\r\n\r\n")]
    [InlineData("")]
    public async Task An_answer_that_is_cut_or_no_http_is_a_failure(string answer)
    {
        await using var host = new RawHost(answer);

        Error(await Fetch(host.Url)).Should().NotBeNullOrEmpty();
    }

    [Fact]
    public async Task An_answer_beyond_the_size_bound_is_a_failure()
    {
        await using var host = await ManifestHost.StartAsync();
        host.Answer = async context =>
        {
            var chunk = new byte[1024 * 1024];
            for (var sent = 0; sent < 9 && !context.RequestAborted.IsCancellationRequested; sent++)
            {
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            }
        };

        Error(await Fetch(host.Url())).Should().Contain("larger than 8 MiB");
    }

    [Fact]
    public async Task A_compressed_answer_is_a_failure_because_none_was_asked_for()
    {
        await using var host = await ManifestHost.StartAsync();
        host.Answer = context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return context.Response.WriteAsync("x", context.RequestAborted);
        };

        Error(await Fetch(host.Url())).Should().Contain("compresses");
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_a_clear_failure()
    {
        Uri dead;
        await using (var host = new RawHost(""))
        {
            dead = host.Url;
        }

        Error(await Fetch(dead)).Should().Contain("connection refused");
    }

    [Fact]
    public void The_shown_location_has_no_query_because_it_may_hold_a_signature() =>
        ManifestFetchers.DisplayLocation(new ManifestSource("metis", new Uri("https://bucket.example/status.json?sig=canary"), Secret))
            .Should().Be("https://bucket.example/status.json");

    private static async Task<FetchResult> Fetch(Uri url, CacheValidators? validators = null, string? authorization = null, TimeSpan? timeout = null)
    {
        using var fetcher = new HttpManifestFetcher(
            new ManifestSource("metis", url, authorization),
            timeout ?? TimeSpan.FromSeconds(20),
            new GuardedDialer(new AddressPolicy(allowPrivate: true)),
            TimeProvider.System);
        return await fetcher.FetchAsync(validators ?? CacheValidators.None, TestContext.Current.CancellationToken);
    }

    private static string Text(FetchResult result) => Encoding.UTF8.GetString(result.Should().BeOfType<FetchResult.Fresh>().Subject.Content.Span);

    private static string Error(FetchResult result) => result.Should().BeOfType<FetchResult.Failed>().Subject.Error;
}
