using System.Collections.Immutable;

namespace Gateway.Silo.Settings.Models;

/// <summary><c>GATEWAY_MODELS</c>: names of models that stand for others.</summary>
public sealed class ModelOptions
{
    private volatile ModelChains _chains = ModelChains.None;

    /// <summary>Those in force; replaced as a whole when the watched file changes.</summary>
    public ModelChains Chains
    {
        get => _chains;
        set => _chains = value;
    }
}

/// <param name="ByName">Models of the manifest that serve a name, the preferred one first; never empty.</param>
public sealed record ModelChains(ImmutableSortedDictionary<string, ImmutableArray<string>> ByName)
{
    public static ModelChains None { get; } = new(ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.WithComparers(StringComparer.Ordinal));
}
