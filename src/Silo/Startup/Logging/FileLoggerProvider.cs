using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Gateway.Silo.Startup.Logging;

/// <summary>
/// Appends log lines to <c>GATEWAY_LOG_FILE</c>. The file is opened anew for every batch, so that rotation by renaming and by
/// truncating both work. A full queue drops lines and says how many: logging never holds up a request.
/// </summary>
internal sealed class FileLoggerProvider : ILoggerProvider
{
    private const int QueuedLines = 10_000;
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(5);

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(QueuedLines) { SingleReader = true });
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Task _writing;
    private long _dropped;

    public FileLoggerProvider(string path, TimeProvider time)
    {
        (_path, _time) = (path, time);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Append([]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"GATEWAY_LOG_FILE: {path} cannot be written by this user; correct its owner or the setting.", exception);
        }

        _writing = Task.Run(WriteAsync);
    }

    public ILogger CreateLogger(string categoryName) => new FileLogger(categoryName, this, _time);

    public void Write(string line)
    {
        if (!_lines.Writer.TryWrite(line))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    public void Dispose()
    {
        _lines.Writer.TryComplete();

        // The interface has no asynchronous end, and the last lines are the ones that explain a stop.
#pragma warning disable VSTHRD002
        _writing.Wait(FlushTimeout);
#pragma warning restore VSTHRD002
    }

    private async Task WriteAsync()
    {
        var batch = new List<string>();
        while (await _lines.Reader.WaitToReadAsync())
        {
            while (_lines.Reader.TryRead(out var line))
            {
                batch.Add(line);
            }

            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
            {
                batch.Add($"{dropped} log lines were dropped: the file could not keep up");
            }

            try
            {
                Append(batch);
                batch.Clear();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A full disk: these lines are lost here and still on the console.
                Interlocked.Add(ref _dropped, batch.Count);
                batch.Clear();
            }
        }
    }

    private void Append(IEnumerable<string> lines) => File.AppendAllLines(_path, lines);
}
