using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Cli.Identity.Flows;

namespace Gateway.Cli.Identity;

public sealed class LoopbackCallbackTests : IAsyncLifetime
{
    private readonly LoopbackCallback _callback = LoopbackCallback.Listen("the state");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _callback.DisposeAsync();

    [Fact]
    public async Task A_connection_that_a_browser_opens_and_does_not_use_holds_nobody_up()
    {
        using var idle = await ConnectAsync();

        (await AskAsync("GET /callback?code=c&state=the+state HTTP/1.1")).Should().StartWith("HTTP/1.1 200 OK");

        (await _callback.Answer).Should().BeEquivalentTo(new { Code = "c", Error = (string?)null });
    }

    [Theory]
    [InlineData("POST /callback?code=c&state=the+state HTTP/1.1", "404")]
    [InlineData("GET /other?code=c&state=the+state HTTP/1.1", "404")]
    [InlineData("GET /callback HTTP/1.1", "404")]
    [InlineData("GET /callback?state=the+state HTTP/1.1", "400")]
    [InlineData("GET /callback?code=c&state=the+stat HTTP/1.1", "400")]
    [InlineData("GET /callback?code=c&state=the+state&state=the+state HTTP/1.1", "400")]
    [InlineData("nonsense", "404")]
    public async Task Anything_else_is_refused_and_the_wait_goes_on(string line, string status)
    {
        (await AskAsync(line)).Should().StartWith("HTTP/1.1 " + status);

        _callback.Answer.IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task A_head_without_end_is_cut_off()
    {
        using var connection = await ConnectAsync();
        var stream = connection.GetStream();
        var endless = Encoding.ASCII.GetBytes("GET /callback?" + new string('x', 64 * 1024));

        // The listener may close while this is still being sent.
        var sending = async () => await stream.WriteAsync(endless);
        try
        {
            await sending();
        }
        catch (IOException)
        {
        }

        _callback.Answer.IsCompleted.Should().BeFalse();
        (await AskAsync("GET /callback?code=c&state=the+state HTTP/1.1")).Should().StartWith("HTTP/1.1 200 OK");
    }

    [Fact]
    public async Task The_first_answer_counts_and_its_page_shows_nothing_of_it()
    {
        var page = await AskAsync("GET /callback?code=FIRST-canary&state=the+state HTTP/1.1");
        await AskAsync("GET /callback?code=second&state=the+state HTTP/1.1");

        (await _callback.Answer).Code.Should().Be("FIRST-canary");
        page.Should().NotContain("canary").And.Contain("Content-Security-Policy: default-src 'none'").And.Contain("Cache-Control: no-store");
        (await _callback.Answer).ToString().Should().NotContain("canary");
    }

    [Fact]
    public async Task An_error_comes_without_a_code() =>
        (await Task.WhenAll(AskAsync("GET /callback?error=access_denied&error_description=no&code=c&state=the+state HTTP/1.1")))[0].Should().Contain("refused");

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(_callback.RedirectUri).Port);
        return client;
    }

    private async Task<string> AskAsync(string line)
    {
        using var connection = await ConnectAsync();
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\nHost: 127.0.0.1\r\n\r\n"));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
