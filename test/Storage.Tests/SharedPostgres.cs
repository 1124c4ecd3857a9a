using Gateway.Storage.Tests;
using Gateway.Testing.Databases;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace Gateway.Storage.Tests;

/// <summary>One PostgreSQL for all tests that do not harm it, started by the first that asks.</summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(() => Task.Run(PostgresServer.StartAsync));

    public static Task<PostgresServer> GetAsync() => Server.Value;

    public async ValueTask DisposeAsync()
    {
        if (Server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await Server.Value).DisposeAsync();
        }
    }
}
