using System.Net;
using System.Text;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Http;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Testing;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

public sealed class RefusalTests : IAsyncLifetime
{
    private ScriptedUpstream _upstream = null!;
    private TestGateway _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _upstream = ScriptedUpstream.Start();
        _gateway = await TestGateway.StartAsync(
            Entries.At(_upstream),
            Entries.At(_upstream, "closed") with { Experts = ["closed"], AllowedGroups = ["local/others"] },
            Entries.At(_upstream, "away") with { Experts = ["away"], Status = EntryStatus.Maintenance, Notice = "Back at noon." },
            Entries.At(_upstream, "elsewhere") with { Experts = ["elsewhere"], Cluster = "other" });
    }

    public async ValueTask DisposeAsync()
    {
        _upstream.Requests.Should().BeEmpty("a refused request reaches no upstream");
        await _gateway.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    public async Task Wrong_methods_are_named(string method)
    {
        using var response = await _gateway.SendAsync(new HttpMethod(method), Calls.ChatPath, null);

        response.StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.Should().Equal("POST");
        if (method != "HEAD")
        {
            (await response.ErrorCodeAsync()).Should().Be("method_not_allowed");
        }
    }

    [Theory]
    [InlineData("", 400, "invalid_request", null)]
    [InlineData("{", 400, "invalid_json", null)]
    [InlineData("[]", 400, "invalid_request", null)]
    [InlineData("""{"messages":[]}""", 400, "missing_parameter", "model")]
    [InlineData("""{"model":"m","messages":[],"Model":"x"}""", 400, "ambiguous_parameter", "model")]
    [InlineData("""{"model":"m","messages":[],"stream":"yes"}""", 400, "invalid_type", "stream")]
    [InlineData("""{"model":"M","messages":[]}""", 404, "model_not_found", "model")]
    [InlineData("""{"model":"nothing","messages":[]}""", 404, "model_not_found", "model")]
    [InlineData("""{"model":"closed","messages":[]}""", 403, "model_not_allowed", "model")]
    [InlineData("""{"model":"away","messages":[]}""", 503, "model_unavailable", "model")]
    public async Task Each_refusal_has_its_status_code_and_parameter(string body, int status, string code, string? param)
    {
        using var response = await _gateway.PostAsync(Calls.ChatPath, body);

        ((int)response.StatusCode).Should().Be(status);
        var error = await response.ErrorAsync();
        error.GetProperty("code").GetString().Should().Be(code);
        error.GetProperty("param").GetString().Should().Be(param);
    }

    [Fact]
    public async Task The_operators_notice_is_shown()
    {
        using var response = await _gateway.PostAsync(Calls.ChatPath, Calls.ChatBody(model: "away"));

        (await response.ErrorAsync()).GetProperty("message").GetString().Should().Contain("Back at noon.");
    }

    [Theory]
    [InlineData("/resource_server/metis/api/v1/chat/completions", "elsewhere", "model_not_found")]
    [InlineData("/resource_server/other/api/v1/chat/completions", "m", "model_not_found")]
    [InlineData("/resource_server/nowhere/api/v1/chat/completions", "m", "cluster_not_found")]
    [InlineData("/resource_server/metis/vllm/v1/chat/completions", "m", "cluster_not_found")]
    public async Task A_cluster_in_the_path_narrows_what_can_be_reached(string path, string model, string code)
    {
        using var response = await _gateway.PostAsync(path, Calls.ChatBody(model: model));

        response.StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await response.ErrorCodeAsync()).Should().Be(code);
    }

    [Fact]
    public async Task An_announced_body_that_is_too_large_is_refused_unread()
    {
        using var content = new AnnouncedContent(TestGateway.MaxBodyBytes + 1L);

        using var response = await _gateway.Client.PostAsync(Calls.ChatPath, content, TestContext.Current.CancellationToken);

        response.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await response.ErrorCodeAsync()).Should().Be("request_too_large");
    }

    [Fact]
    public async Task A_chunked_body_is_read_up_to_the_bound()
    {
        using var content = new AnnouncedContent(null);

        using var response = await _gateway.Client.PostAsync(Calls.ChatPath, content, TestContext.Current.CancellationToken);

        response.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await response.ErrorCodeAsync()).Should().Be("request_too_large");
    }

    [Fact]
    public async Task An_encoding_that_is_not_supported_is_refused_with_those_that_are()
    {
        using var response = await _gateway.PostAsync(Calls.ChatPath, Calls.ChatBody(), ("Content-Encoding", "zstd"));

        response.StatusCode.Should().Be(HttpStatusCode.UnsupportedMediaType);
        var error = await response.ErrorAsync();
        error.GetProperty("code").GetString().Should().Be("unsupported_encoding");
        error.GetProperty("message").GetString().Should().Contain("identity").And.Contain("gzip");
        response.Header("Accept-Encoding").Should().Be("br, gzip, deflate");
    }

    [Fact]
    public async Task A_header_that_cannot_be_passed_on_is_named()
    {
        using var response = await _gateway.PostAsync(Calls.ChatPath, Calls.ChatBody(), ("Idempotency-Key", new string('k', 5000)));

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await response.ErrorAsync()).GetProperty("param").GetString().Should().Be("idempotency-key");
    }

    [Fact]
    public async Task Strangers_are_refused_before_their_body_is_looked_at()
    {
        using var response = await _gateway.PostAsync(Calls.ChatPath, "not json", ("Authorization", "Bearer wrong"));

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.Should().NotBeEmpty();
        (await response.ErrorCodeAsync()).Should().Be("invalid_api_key");
    }

    [Fact]
    public async Task A_fault_of_our_own_says_nothing_of_itself()
    {
        _gateway.Authenticator.Throws = new InvalidOperationException("secret detail");

        using var response = await _gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        (await response.ErrorCodeAsync()).Should().Be("internal_error");
        (await response.TextAsync()).Should().NotContain("secret");
        _gateway.Log.Lines.Should().ContainSingle(line => line.Contains("secret detail", StringComparison.Ordinal)
            && line.Contains(response.Header(GatewayHeaders.GatewayRequestId)!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Before_the_first_manifest_nothing_is_called_unknown()
    {
        var time = new FakeTimeProvider();
        await using var gateway = await TestGateway.StartAsync(time);

        var call = gateway.ChatAsync();
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return call.IsCompleted;
            },
            "it does not wait for ever");

        using var response = await call;
        response.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await response.ErrorCodeAsync()).Should().Be("not_ready");
    }

    [Fact]
    public async Task A_request_that_comes_just_before_the_first_manifest_waits_for_it()
    {
        await using var gateway = await TestGateway.StartAsync(new FakeTimeProvider());
        var call = gateway.ChatAsync();
        await Eventually.TrueAsync(() => gateway.InFlight.Count == 1, "it has come");

        gateway.Routing.Apply(new ManifestFeed { Version = 1, Manifest = new ManifestEntries { Version = 1, Entries = [] } });

        using var response = await call;
        (await response.ErrorCodeAsync()).Should().Be("model_not_found");
    }

    /// <summary>Announces a length, or none, and sends spaces until the server has had enough.</summary>
    private sealed class AnnouncedContent(long? length) : HttpContent
    {
        private static readonly byte[] Spaces = Encoding.ASCII.GetBytes(new string(' ', 1024 * 1024));

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var sent = 0L; sent < TestGateway.MaxBodyBytes + (2 * Spaces.Length); sent += Spaces.Length)
            {
                await stream.WriteAsync(length is null ? Spaces : Spaces.AsMemory(0, (int)Math.Clamp(length.Value - sent, 0, Spaces.Length)), TestContext.Current.CancellationToken);
            }
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length ?? 0;
            return length is not null;
        }
    }
}
