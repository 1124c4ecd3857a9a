using System.Net;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Testing;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

/// <summary>What happens while an upstream is silent, on a clock that the test moves.</summary>
public sealed class WaitingTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_keep_alive_commits_the_stream_and_failover_is_still_possible()
    {
        await using var silent = ScriptedUpstream.Start(Replies.Hang());
        await using var good = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(_time, Entries.InOrder(silent, good));

        var call = gateway.ChatAsync(stream: true);
        await AdvanceUntilAsync(() => call.IsCompleted, "a keep-alive sends the headers");
        using var response = await call;
        silent.Requests.Should().HaveCount(1);
        good.Requests.Should().BeEmpty();
        var text = response.TextAsync();
        await AdvanceUntilAsync(() => text.IsCompleted, "the other upstream answers");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Attempts().Should().Be("1", "the headers left during the first attempt");
        (await text).Should().StartWith(": keep-alive\n\n").And.EndWith(OpenAiBodies.Done);
    }

    [Fact]
    public async Task After_a_keep_alive_a_failure_is_told_in_the_stream_and_by_its_end()
    {
        await using var silent = ScriptedUpstream.Start(Replies.Hang());
        await using var bad = ScriptedUpstream.Start(Replies.Status(500));
        await using var gateway = await TestGateway.StartAsync(_time, Entries.InOrder(silent, bad));

        var call = gateway.ChatAsync(stream: true);
        await AdvanceUntilAsync(() => call.IsCompleted, "a keep-alive sends the headers");
        using var response = await call;
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(body);
        var text = ReadToFailureAsync(reader);
        // The last event has five seconds to get away: on a busy machine it needs several looks at a real clock.
        await AdvanceUntilAsync(() => text.IsCompleted, "the stream ends", stepSeconds: 1);

        (await text).Should().Contain("\"code\":\"upstream_error\"").And.NotContain("[DONE]");
    }

    [Fact]
    public async Task A_unary_request_waits_for_total_and_no_longer()
    {
        await using var silent = ScriptedUpstream.Start(Replies.Hang());
        await using var gateway = await TestGateway.StartAsync(_time, Entries.At(silent));
        var begun = _time.GetUtcNow();

        var call = gateway.ChatAsync();
        await Eventually.TrueAsync(() => silent.Requests.Count == 1, "the upstream has the request");
        await AdvanceUntilAsync(() => call.IsCompleted, "the gateway gives up");
        using var response = await call;

        response.StatusCode.Should().Be(HttpStatusCode.GatewayTimeout);
        (_time.GetUtcNow() - begun).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(900));
        gateway.Routing.Endpoints.Single().InFlight.Should().Be(0);
    }

    [Fact]
    public async Task The_time_the_upstream_takes_is_not_the_gateways_overhead()
    {
        var live = new LiveStream();
        await using var upstream = ScriptedUpstream.Start(live.Reply);
        await using var gateway = await TestGateway.StartAsync(_time, Entries.At(upstream));

        var call = gateway.ChatAsync();
        await live.Started;
        _time.Advance(TimeSpan.FromSeconds(7));
        live.Head().Send("{}").End();
        using var response = await call;

        response.Header("openai-processing-ms").Should().Be("7000");
        response.Header("x-gateway-overhead-ms").Should().Be("0.00");
    }

    private static async Task<string> ReadToFailureAsync(StreamReader reader)
    {
        var text = "";
        try
        {
            while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                text += line + "\n";
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return text;
        }

        throw new InvalidOperationException("The stream ended as if it were whole.");
    }

    private Task AdvanceUntilAsync(Func<bool> condition, string expectation, int stepSeconds = 5) => Eventually.TrueAsync(
        () =>
        {
            if (!condition())
            {
                _time.Advance(TimeSpan.FromSeconds(stepSeconds));
            }

            return condition();
        },
        expectation);
}
