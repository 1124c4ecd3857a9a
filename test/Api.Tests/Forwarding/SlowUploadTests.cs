using System.Net;
using System.Text;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Testing;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

/// <summary>What changes while a body is on its way to the gateway.</summary>
public sealed class SlowUploadTests
{
    [Fact]
    public async Task An_entry_that_is_drained_meanwhile_gets_no_request()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));
        using var body = new BodyInHalves(Calls.ChatBody());
        var call = gateway.Client.PostAsync(Calls.ChatPath, body, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => gateway.InFlight.Count == 1, "the first half is here");

        gateway.Publish([Entries.At(upstream)], [Routing.Fakes.Entries.Override("a", OverrideMode.Drain, "Back at noon.")]);
        body.SendTheRest();

        using var response = await call;
        response.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        var error = await response.ErrorAsync();
        error.GetProperty("code").GetString().Should().Be("model_unavailable");
        error.GetProperty("message").GetString().Should().Contain("Back at noon.");
        upstream.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_model_that_appears_meanwhile_is_served()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream) with { Experts = ["other"] });
        using var body = new BodyInHalves(Calls.ChatBody());
        var call = gateway.Client.PostAsync(Calls.ChatPath, body, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => gateway.InFlight.Count == 1, "the first half is here");

        gateway.Publish([Entries.At(upstream)], []);
        body.SendTheRest();

        using var response = await call;
        response.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    /// <summary>Chunked; the second half comes when the test says so.</summary>
    private sealed class BodyInHalves : HttpContent
    {
        private readonly byte[] _body;
        private readonly TaskCompletionSource _rest = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public BodyInHalves(string body)
        {
            _body = Encoding.UTF8.GetBytes(body);
            Headers.ContentType = new("application/json");
        }

        public void SendTheRest() => _rest.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var half = _body.Length / 2;
            await stream.WriteAsync(_body.AsMemory(0, half), TestContext.Current.CancellationToken);
            await stream.FlushAsync(TestContext.Current.CancellationToken);
            await _rest.Task;
            await stream.WriteAsync(_body.AsMemory(half), TestContext.Current.CancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
