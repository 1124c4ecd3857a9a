using System.Collections.Immutable;

namespace Gateway.Abstractions.Tokens;

/// <summary>Whom an accepted token stands for. Names are the provider's own, without alias.</summary>
[GenerateSerializer, Immutable, Alias("TokenIdentity")]
public sealed record TokenIdentity
{
    [Id(0)] public required string Id { get; init; }

    [Id(1)] public required string Username { get; init; }

    [Id(2)] public required string Name { get; init; }

    /// <summary>Alias of the provider in subjects.</summary>
    [Id(3)] public required string Alias { get; init; }

    [Id(4)] public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>Lower case.</summary>
    [Id(5)] public ImmutableArray<string> Domains { get; init; } = [];

    [Id(6)] public ImmutableArray<string> Roles { get; init; } = [];

    [Id(7)] public ImmutableArray<string> Scopes { get; init; } = [];

    /// <summary>The identity provider behind the authorization server, where it names one.</summary>
    [Id(8)] public string? IdpId { get; init; }

    [Id(9)] public string? IdpName { get; init; }

    /// <summary>A program with credentials of its own; no person signed in.</summary>
    [Id(10)] public bool IsService { get; init; }
}
