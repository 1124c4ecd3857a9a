using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Gateway.Silo.Startup.Logging;

/// <summary>Formats one event as one line: time, level, category, message, exception.</summary>
internal sealed class FileLogger(string category, FileLoggerProvider file, TimeProvider time) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var timestamp = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var text = $"{timestamp} {Name(logLevel)} {category}[{eventId.Id}] {formatter(state, exception)}{(exception is null ? "" : " " + exception)}";

        // One event is one line, whatever is in the message: nobody can forge a line of their own.
        file.Write(text.ReplaceLineEndings(" "));
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
