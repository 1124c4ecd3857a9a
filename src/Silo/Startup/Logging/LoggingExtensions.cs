using Gateway.Silo.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Gateway.Silo.Startup.Logging;

internal static class LoggingExtensions
{
    private const string TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";

    // Both report a failed start with a stack trace; the operator gets one line instead.
    private static readonly string[] StartReporters = ["Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel"];
    private static readonly string[] Frameworks = ["Microsoft", "System", "Orleans"];

    /// <summary>One line per event on the console and, where wanted, in a file; <c>Logging:LogLevel:…</c> refines the level.</summary>
    public static void AddGatewayLogging(this WebApplicationBuilder builder, LogOptions options, StartPhase phase)
    {
        var logging = builder.Logging;
        logging.SetMinimumLevel(options.Level);
        foreach (var framework in Frameworks)
        {
            logging.AddFilter(framework, LogLevel.Warning);
        }

        foreach (var reporter in StartReporters)
        {
            logging.AddFilter(reporter, level => phase.Ended && level >= LogLevel.Warning);
        }

        logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        if (options.Json)
        {
            logging.AddJsonConsole(console => (console.TimestampFormat, console.UseUtcTimestamp) = (TimestampFormat.Trim(), true));
        }
        else
        {
            logging.AddSimpleConsole(console => (console.TimestampFormat, console.UseUtcTimestamp, console.SingleLine, console.ColorBehavior) =
                (TimestampFormat, true, true, LoggerColorBehavior.Default));
        }

        if (options.FilePath is { } path)
        {
            builder.Services.AddSingleton<ILoggerProvider>(_ => new FileLoggerProvider(path, TimeProvider.System));
        }
    }
}
