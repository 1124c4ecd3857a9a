using Gateway.Silo.Startup.Logging;
using Gateway.Silo;
using Gateway.Testing;
using Microsoft.Extensions.Logging;

namespace Gateway.Silo.Tests.Startup;

public sealed class FileLoggerTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_event_is_one_line_whatever_is_in_it()
    {
        var path = Path.Combine(_folder.Path, "logs", "gateway.log");
        using (var provider = new FileLoggerProvider(path, _time))
        {
            provider.CreateLogger("A.B").LogWarning("metis: \nforged {Value}", "x\r\ny");
            provider.CreateLogger("C").LogError(new InvalidOperationException("boom\nbang"), "failed");
        }

        var lines = File.ReadAllLines(path);
        lines.Should().HaveCount(2);
        lines[0].Should().Be("2026-01-01T00:00:00.000Z warn A.B[0] metis:  forged x y");
        lines[1].Should().StartWith("2026-01-01T00:00:00.000Z fail C[0] failed System.InvalidOperationException: boom bang");
    }

    [Fact]
    public async Task Rotation_by_renaming_goes_on_in_a_new_file()
    {
        var path = Path.Combine(_folder.Path, "gateway.log");
        using var provider = new FileLoggerProvider(path, _time);
        var logger = provider.CreateLogger("A");
        logger.LogInformation("one");
        await Eventually.TrueAsync(() => File.ReadAllText(path).Contains("one"), "the first line is written");

        File.Move(path, path + ".1");
        logger.LogInformation("two");

        await Eventually.TrueAsync(() => File.Exists(path) && File.ReadAllText(path).Contains("two"), "the second line is in a new file");
    }

    [Fact]
    public void A_place_that_cannot_be_written_stops_the_start()
    {
        var file = _folder.Write("file", "");

        this.Invoking(_ => new FileLoggerProvider(Path.Combine(file, "gateway.log"), _time)).Should().Throw<StartException>().WithMessage("GATEWAY_LOG_FILE: *");
    }
}
