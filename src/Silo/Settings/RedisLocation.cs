using System.Collections.Immutable;

namespace Gateway.Silo.Settings;

/// <summary>Where Redis is and how to log in. Its printed form shows no password.</summary>
public sealed record RedisLocation
{
    /// <summary>At least one.</summary>
    public required ImmutableArray<RedisEndpoint> Endpoints { get; init; }

    public string? Password { get; init; }

    public bool Tls { get; init; }

    /// <summary>Number of the database. Default 0.</summary>
    public int Database { get; init; }

    /// <summary>Further options of the client, <c>name=value</c>, checked by name only.</summary>
    public ImmutableArray<string> Options { get; init; } = [];

    public override string ToString() => $"{(Tls ? "rediss" : "redis")}://{string.Join(',', Endpoints)}/{Database}";
}

/// <param name="Host">Name or address, without brackets.</param>
public sealed record RedisEndpoint(string Host, int Port)
{
    public const int DefaultPort = 6379;

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
