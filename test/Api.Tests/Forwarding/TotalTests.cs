using System.Net;
using System.Text;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Routing;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Testing;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

/// <summary>Whose time <c>total</c> is, and whom it is laid to.</summary>
public sealed class TotalTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task The_time_of_an_upload_is_not_taken_from_it()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(_time, Entries.At(upstream).WithTimeouts(total: 1));

        for (var i = 0; i < HealthPolicy.ConsecutiveFailures; i++)
        {
            using var upload = new PausingContent(Calls.ChatBody());
            var call = gateway.Client.PostAsync(Calls.ChatPath, upload, TestContext.Current.CancellationToken);
            await upload.Paused;
            await Eventually.TrueAsync(() => gateway.InFlight.Count == 1, "the gateway reads the body");
            _time.Advance(TimeSpan.FromSeconds(1.3));
            upload.GoOn();
            using var response = await call;

            response.StatusCode.Should().Be(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task An_entry_that_had_only_the_rest_of_it_is_not_blamed()
    {
        await using var first = ScriptedUpstream.Start(Replies.Hang());
        await using var second = ScriptedUpstream.Start(Replies.Hang());
        await using var gateway = await TestGateway.StartAsync(
            _time, Entries.At(first).WithTimeouts(firstByte: 8, total: 9), Entries.At(second, "b", priority: 1).WithTimeouts(total: 9));

        for (var i = 0; i < HealthPolicy.ConsecutiveFailures; i++)
        {
            var call = gateway.ChatAsync(stream: true);
            await Eventually.TrueAsync(() => first.Requests.Count == i + 1, "the first has the request");
            _time.Advance(TimeSpan.FromSeconds(8));
            await Eventually.TrueAsync(() => second.Requests.Count == i + 1, "the second has the request");
            await _time.AdvanceUntilAsync(() => call.IsCompleted, "the gateway gives up", stepSeconds: 1);
            using var response = await call;

            response.StatusCode.Should().Be(HttpStatusCode.GatewayTimeout);
        }

        Endpoint(gateway, "a").Health.TrippedUntil.Should().NotBeNull();
        Endpoint(gateway, "b").Health.IsClear.Should().BeTrue();
        Endpoint(gateway, "b").InFlight.Should().Be(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_entry_whose_own_time_is_over_is_passed_by(bool stream)
    {
        var fails = new TaskCompletionSource();
        await using var first = ScriptedUpstream.Start(Replies.When(fails.Task, Replies.Reset()));
        await using var late = ScriptedUpstream.Start();
        await using var good = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(
            _time, Entries.At(first), Entries.At(late, "b", priority: 1).WithTimeouts(total: 1), Entries.At(good, "c", priority: 2));

        var call = gateway.ChatAsync(stream);
        await Eventually.TrueAsync(() => first.Requests.Count == 1, "the first has the request");
        _time.Advance(TimeSpan.FromSeconds(2));
        fails.SetResult();
        using var response = await call;

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Attempts().Should().Be("2");
        late.Requests.Should().BeEmpty();
        Endpoint(gateway, "b").Outcomes.IsEmpty.Should().BeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_error_whose_body_trickles_holds_up_the_next_attempt_for_two_seconds_at_most(bool stream)
    {
        await using var trickling = ScriptedUpstream.Start(async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (true)
            {
                await exchange.WriteChunkAsync("."u8.ToArray());
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }
        });
        await using var good = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(_time, Entries.InOrder(trickling, good));
        var began = _time.GetTimestamp();

        var call = gateway.ChatAsync(stream);
        await Eventually.TrueAsync(() => trickling.Requests.Count == 1, "the first has the request");
        await _time.AdvanceUntilAsync(() => call.IsCompleted, "the second has answered", stepSeconds: 1);
        using var response = await call;

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Attempts().Should().Be("2");
        _time.GetElapsedTime(began).Should().BeLessThan(TimeSpan.FromSeconds(600), "900 and 3600 s are the total");
    }

    [Fact]
    public async Task An_entry_that_had_all_of_it_is_blamed()
    {
        await using var silent = ScriptedUpstream.Start(Replies.Hang());
        await using var gateway = await TestGateway.StartAsync(_time, Entries.At(silent).WithTimeouts(total: 9));

        using var response = await SilentAsync(gateway, silent);

        response.StatusCode.Should().Be(HttpStatusCode.GatewayTimeout);
        Endpoint(gateway, "a").Outcomes.Take()!.Runs.Single().Failure.Should().Be(UpstreamFailure.TotalTimeout);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_caller_that_does_not_read_is_not_laid_to_the_entry(bool stream)
    {
        await using var upstream = ScriptedUpstream.Start(stream ? Flood() : Replies.Bytes(200, "application/json", new byte[64 * 1024 * 1024]));
        await using var gateway = await TestGateway.StartAsync(_time, Entries.At(upstream).WithTimeouts(total: 30));

        using var response = await gateway.ChatAsync(stream);
        await _time.AdvanceUntilAsync(() => gateway.InFlight.Count == 0, "the time is up", stepSeconds: 1);

        // The server's own bound on slow readers may come first.
        Endpoint(gateway, "a").Outcomes.Take()!.Runs.Should().OnlyContain(run => run.Rejected || run.Failure == UpstreamFailure.CallerGone);
        Endpoint(gateway, "a").InFlight.Should().Be(0);
    }

    [Fact]
    public void Nor_is_it_a_verdict_of_a_probe()
    {
        var endpoint = new EndpointState(_time) { Id = "a" };

        endpoint.Begin(41).EndExcused();

        var pending = endpoint.Outcomes.Take()!;
        pending.ProbeId.Should().Be(41);
        pending.Runs.Single().Failure.Should().Be(UpstreamFailure.CallerGone);
        pending.Runs.Single().Rejected.Should().BeFalse();
    }

    private async Task<HttpResponseMessage> SilentAsync(TestGateway gateway, ScriptedUpstream silent)
    {
        var call = gateway.ChatAsync();
        await Eventually.TrueAsync(() => silent.Requests.Count == 1, "the upstream has the request");
        await _time.AdvanceUntilAsync(() => call.IsCompleted, "the gateway gives up");
        return await call;
    }

    private static UpstreamReply Flood() => async exchange =>
    {
        var events = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(OpenAiBodies.Delta(new string('x', 200)), 200)));
        await exchange.WriteAsync(StreamReplies.ChunkedHead);
        while (true)
        {
            await exchange.WriteChunkAsync(events);
        }
    };

    private static EndpointState Endpoint(TestGateway gateway, string id) => gateway.Routing.Endpoints.Single(endpoint => endpoint.Id == id);

    /// <summary>Stops in the middle until it is told to go on.</summary>
    private sealed class PausingContent : HttpContent
    {
        private readonly byte[] _body;
        private readonly TaskCompletionSource _paused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public PausingContent(string body)
        {
            _body = Encoding.UTF8.GetBytes(body);
            Headers.ContentType = new("application/json");
        }

        public Task Paused => _paused.Task;

        public void GoOn() => _goOn.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_body.AsMemory(..10));
            await stream.FlushAsync();
            _paused.SetResult();
            await _goOn.Task;
            await stream.WriteAsync(_body.AsMemory(10..));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _body.Length;
            return true;
        }
    }
}
