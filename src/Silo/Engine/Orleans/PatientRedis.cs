using StackExchange.Redis;

namespace Gateway.Silo.Engine.Orleans;

/// <summary>Connects to a Redis that may start later than this process, and sees that no cluster of the other engine has this name.</summary>
internal static class PatientRedis
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static async Task<(IConnectionMultiplexer Multiplexer, bool IsShared)> ConnectAsync(ConfigurationOptions options, string clusterId)
    {
        options.AbortOnConnectFail = true;
        while (true)
        {
            ConnectionMultiplexer? connection = null;
            try
            {
                connection = await ConnectionMultiplexer.ConnectAsync(options);
                await RefuseOtherEngineAsync(connection, clusterId);
                return (connection, false);
            }
            catch (Exception problem)
            {
                if (connection is not null)
                {
                    await connection.DisposeAsync();
                }

                // One that accepts connections but answers late throws a TimeoutException.
                if (problem is not (RedisException or TimeoutException))
                {
                    throw;
                }
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    private static async Task RefuseOtherEngineAsync(ConnectionMultiplexer connection, string clusterId)
    {
        if (await connection.GetDatabase().KeyExistsAsync($"{{{clusterId}/members/{clusterId}}}/BuiltIn"))
        {
            throw new StartException($"CLUSTER_ID: the cluster {clusterId} runs on the built-in engine; stop all its processes first, or set another CLUSTER_ID.");
        }
    }
}
