using System.Net;
using System.Net.Sockets;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Endpoints.Probes;
using Gateway.Grains.Manifests;
using Gateway.Grains.Tests.Support;
using Gateway.Testing.Tls;
using Gateway.Testing.Upstreams;
using Microsoft.Extensions.Options;

namespace Gateway.Grains.Tests.Endpoints.Probes;

public sealed class EndpointProberTests
{
    private readonly FakeProbeTargets _targets = new();
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Models_asks_as_a_request_would_with_the_key_and_the_own_headers()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Json(200, "{}"));

        (await ProbeAsync(upstream.Url, ProbeKind.Models)).Should().Be(new ProbeAnswer(ProbeWord.Alive, UpstreamFailure.None, 200));

        var request = upstream.Requests.Should().ContainSingle().Subject;
        request.Method.Should().Be("GET");
        request.Path.Should().Be("/v1/models");
        request["authorization"].Should().Be("Bearer first-key");
        request["x-own"].Should().Be("yes");
    }

    [Fact]
    public async Task Each_probe_makes_a_connection_of_its_own()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Json(200, "{}"));

        await ProbeAsync(upstream.Url, ProbeKind.Models);
        await ProbeAsync(upstream.Url, ProbeKind.Models);

        upstream.ConnectionCount.Should().Be(2);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var other = ScriptedUpstream.Start();
        await using var upstream = ScriptedUpstream.Start(Replies.Status(302, ("Location", other.Url + "/models")));

        (await ProbeAsync(upstream.Url, ProbeKind.Models)).Word.Should().Be(ProbeWord.Alive);

        other.ConnectionCount.Should().Be(0);
    }

    [Fact]
    public async Task Of_an_answer_only_the_head_is_read()
    {
        await using var upstream = new RawHost("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n{", staysOpen: true);

        (await ProbeAsync(upstream.Url.ToString(), ProbeKind.Models)).Word.Should().Be(ProbeWord.Alive);
    }

    [Fact]
    public async Task Tcp_connects_and_sends_nothing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        (await ProbeAsync($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1", ProbeKind.Tcp)).Should().Be(ProbeAnswer.Connected);

        using var peer = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        (await peer.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken)).Should().Be(0);
    }

    [Theory]
    [InlineData(ProbeKind.Tcp)]
    [InlineData(ProbeKind.Models)]
    public async Task Where_nobody_listens_a_probe_fails(ProbeKind kind) =>
        (await ProbeAsync($"http://127.0.0.1:{FreePort.Next()}/v1", kind)).Should().Be(ProbeAnswer.Of(UpstreamFailure.ConnectFailed));

    [Theory]
    [InlineData(ProbeKind.Tcp)]
    [InlineData(ProbeKind.Models)]
    public async Task A_name_that_does_not_resolve_fails(ProbeKind kind) =>
        (await ProbeAsync("http://nowhere.invalid/v1", kind)).Should().Be(ProbeAnswer.Of(UpstreamFailure.ConnectFailed));

    [Theory]
    [InlineData(ProbeKind.Tcp)]
    [InlineData(ProbeKind.Models)]
    public async Task A_probe_goes_only_to_addresses_that_requests_may_go_to(ProbeKind kind)
    {
        await using var upstream = ScriptedUpstream.Start();

        (await ProbeAsync(upstream.Url, kind, allowPrivate: false)).Should().Be(ProbeAnswer.Of(UpstreamFailure.AddressRefused));

        upstream.ConnectionCount.Should().Be(0);
    }

    [Fact]
    public async Task Resets_and_what_is_no_http_fail_by_their_names()
    {
        await using var resets = ScriptedUpstream.Start(Replies.Reset());
        await using var babbles = new RawHost("hello\r\n\r\n");
        await using var plain = ScriptedUpstream.Start();

        (await ProbeAsync(resets.Url, ProbeKind.Models)).Should().Be(ProbeAnswer.Of(UpstreamFailure.ResetBeforeAnswer));
        (await ProbeAsync(babbles.Url.ToString(), ProbeKind.Models)).Should().Be(ProbeAnswer.Of(UpstreamFailure.ProtocolError));
        (await ProbeAsync(plain.Url.Replace("http:", "https:"), ProbeKind.Models)).Should().Be(ProbeAnswer.Of(UpstreamFailure.TlsFailed));
    }

    [Fact]
    public async Task A_silent_endpoint_fails_when_the_bound_is_reached()
    {
        var asked = new TaskCompletionSource();
        await using var upstream = ScriptedUpstream.Start(async exchange =>
        {
            asked.SetResult();
            await Replies.Hang()(exchange);
        });
        var probe = ProbeAsync(upstream.Url, ProbeKind.Models);
        await asked.Task;
        probe.IsCompleted.Should().BeFalse();

        _clock.Advance(HealthPolicy.ActiveProbeBound);

        (await probe).Should().Be(ProbeAnswer.Of(UpstreamFailure.FirstByteTimeout));
    }

    [Fact]
    public async Task A_probe_that_is_given_up_says_nothing()
    {
        using var ending = new CancellationTokenSource();
        await using var upstream = ScriptedUpstream.Start(async exchange =>
        {
            await ending.CancelAsync();
            await Replies.Hang()(exchange);
        });

        (await Prober().ProbeAsync(Entry(upstream.Url, ProbeKind.Models), ending.Token)).Should().Be(ProbeAnswer.None);
    }

    [Theory]
    [InlineData(ProbeKind.Tcp)]
    [InlineData(ProbeKind.Models)]
    public async Task An_entry_without_its_key_is_not_probed(ProbeKind kind)
    {
        await using var upstream = ScriptedUpstream.Start();
        _targets.Key = null;

        (await ProbeAsync(upstream.Url, kind)).Should().Be(ProbeAnswer.None);

        upstream.ConnectionCount.Should().Be(0);
    }

    [Fact]
    public async Task Through_a_proxy_tcp_asks_for_a_tunnel_and_sends_no_request_in_it()
    {
        await using var proxy = new RawHost("HTTP/1.1 200 Connection established\r\n\r\nno TLS", staysOpen: true);
        await using var refuses = new RawHost("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");

        (await ProbeThroughAsync(proxy.Url)).Should().Be(ProbeAnswer.Connected);
        (await ProbeThroughAsync(refuses.Url)).Should().Be(ProbeAnswer.Of(UpstreamFailure.ConnectFailed));
        (await ProbeThroughAsync(new Uri($"http://127.0.0.1:{FreePort.Next()}"))).Should().Be(ProbeAnswer.Of(UpstreamFailure.ConnectFailed));
    }

    [Fact]
    public async Task A_proxy_whose_own_tls_fails_says_nothing_good_of_the_endpoint()
    {
        using var authority = new TestAuthority();
        await using var untrusted = new RawHost("HTTP/1.1 200 Connection established\r\n\r\n", tls: authority.Server("127.0.0.1"));
        await using var plain = new RawHost("no TLS");

        (await ProbeThroughAsync(untrusted.Url)).Should().Be(ProbeAnswer.Of(UpstreamFailure.TlsFailed));
        (await ProbeThroughAsync(new UriBuilder(plain.Url) { Scheme = "https" }.Uri)).Should().Be(ProbeAnswer.Of(UpstreamFailure.TlsFailed));
    }

    private Task<ProbeAnswer> ProbeThroughAsync(Uri proxy)
    {
        _targets.Proxy = new WebProxy(proxy);
        return ProbeAsync("https://api.example.com/v1", ProbeKind.Tcp);
    }

    private Task<ProbeAnswer> ProbeAsync(string url, ProbeKind kind, bool allowPrivate = true) =>
        Prober(allowPrivate).ProbeAsync(Entry(url, kind), TestContext.Current.CancellationToken);

    private EndpointProber Prober(bool allowPrivate = true) =>
        new(_targets, Options.Create(new ManifestOptions { AllowPrivateUpstreams = allowPrivate }), _clock);

    private static ManifestEntry Entry(string url, ProbeKind kind) => Json.Assemble(url: url) with { Probe = kind };
}
