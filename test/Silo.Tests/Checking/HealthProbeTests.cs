using Gateway.Silo.Checking;
using Gateway.Testing;
using Gateway.Testing.Upstreams;

namespace Gateway.Silo.Tests.Checking;

public sealed class HealthProbeTests : IDisposable
{
    private readonly StringWriter _output = new();

    public void Dispose() => _output.Dispose();

    [Theory]
    [InlineData(200, 0)]
    [InlineData(204, 0)]
    [InlineData(302, 1)]
    [InlineData(404, 1)]
    [InlineData(503, 1)]
    public async Task The_exit_code_is_that_of_the_answer(int status, int exitCode)
    {
        await using var server = ScriptedUpstream.Start(Replies.Status(status));

        (await AskAsync($"http://127.0.0.1:{server.Port}/health/ready", TimeProvider.System)).Should().Be(exitCode);

        _output.ToString().Should().Be($"http://127.0.0.1:{server.Port}/health/ready: {status}{Environment.NewLine}");
        server.Requests.Single().Target.Should().Be("/health/ready");
        server.Requests.Single().Method.Should().Be("GET");
    }

    [Fact]
    public async Task Nobody_there_is_unhealthy_and_said_in_one_line()
    {
        (await AskAsync($"http://127.0.0.1:{FreePort.Next()}/", TimeProvider.System)).Should().Be(1);

        _output.ToString().Should().EndWith($": ConnectionRefused{Environment.NewLine}");
    }

    [Fact]
    public async Task No_answer_is_unhealthy_after_a_while()
    {
        var time = new FakeTimeProvider();
        await using var server = ScriptedUpstream.Start(Replies.Hang());
        var asking = AskAsync($"http://127.0.0.1:{server.Port}/", time);
        await Eventually.TrueAsync(() => server.Requests.Count == 1, "the probe asks");
        asking.IsCompleted.Should().BeFalse();

        time.Advance(HealthProbe.Timeout);

        (await asking.WaitAsync(Eventually.DefaultBound)).Should().Be(1);
        _output.ToString().Should().Contain("no answer within 4 s");
    }

    [Theory]
    [InlineData("http://127.0.0.1:8000/health/ready", true)]
    [InlineData("https://[::1]:8443/health/ready", true)]
    [InlineData("127.0.0.1:8000", false)]
    [InlineData("/health/ready", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("", false)]
    public void Only_web_addresses_are_asked(string text, bool taken) => (HealthProbe.Parse(text) is not null).Should().Be(taken);

    private Task<int> AskAsync(string address, TimeProvider time) => HealthProbe.RunAsync(HealthProbe.Parse(address)!, _output, time, CancellationToken.None);
}
