namespace Gateway.Cli.Host;

public sealed class TerminalTests
{
    [Fact]
    public async Task A_secret_is_asked_for_on_a_terminal_without_showing_it()
    {
        using var error = new StringWriter();
        var terminal = new Terminal { Input = TextReader.Null, Output = TextWriter.Null, Error = error, IsInputInteractive = true, ReadHidden = () => "gw-secret" };

        (await terminal.ReadSecretAsync("API key: ", CancellationToken.None)).Should().Be("gw-secret");

        error.ToString().Should().Be("API key: " + Environment.NewLine);
    }

    [Fact]
    public async Task Piped_input_is_read_without_a_question()
    {
        using var error = new StringWriter();
        var terminal = new Terminal { Input = new StringReader("gw-secret\nmore"), Output = TextWriter.Null, Error = error, ReadHidden = () => throw new InvalidOperationException("Nobody is there.") };

        (await terminal.ReadSecretAsync("API key: ", CancellationToken.None)).Should().Be("gw-secret");

        error.ToString().Should().BeEmpty();
    }

    [Fact]
    public async Task A_wait_for_input_can_be_left()
    {
        using var stop = new CancellationTokenSource();
        using var input = new EndlessReader();
        var terminal = new Terminal { Input = input, Output = TextWriter.Null, Error = TextWriter.Null };
        var reading = terminal.ReadLineAsync(stop.Token);

        await stop.CancelAsync();

        var ending = () => reading;
        await ending.Should().ThrowAsync<OperationCanceledException>();
    }

    /// <summary>Somebody who never types.</summary>
    private sealed class EndlessReader : TextReader
    {
        private readonly ManualResetEventSlim _left = new();

        public override string? ReadLine()
        {
            _left.Wait(Eventually.DefaultBound);
            return null;
        }

        protected override void Dispose(bool disposing)
        {
            _left.Set();
            base.Dispose(disposing);
        }
    }
}
