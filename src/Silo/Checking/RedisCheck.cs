using System.Globalization;
using Gateway.Silo.Engine;
using Gateway.Silo.Settings;
using StackExchange.Redis;

namespace Gateway.Silo.Checking;

/// <summary>Asks the configured Redis for a sign of life: whether it can be reached and lets us in.</summary>
public static class RedisCheck
{
    private const string Setting = "REDIS_URL";

    // A person waits; a slow network is not yet a mistake.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    /// <returns>Null: embedded mode, which has no Redis.</returns>
    public static async Task<CheckLine?> RunAsync(GatewaySettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        if (settings.Cluster.Redis is not { } location)
        {
            return null;
        }

        var options = RedisConnection.OptionsFor(location);
        options.AbortOnConnectFail = true;
        try
        {
            using var connection = await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(Bound, time, cancellationToken);
            var answer = await connection.GetDatabase().PingAsync().WaitAsync(Bound, time, cancellationToken);
            return new CheckLine(CheckVerdict.Ok, Setting, $"{location} answers within {Math.Ceiling(answer.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)} ms");
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            // The client's own text names commands and connection states, and may quote the password's option.
            return new CheckLine(CheckVerdict.Wrong, Setting, $"{location} does not answer, or refuses the password; start it, or correct the setting");
        }
    }
}
