namespace Orleans.Runtime;

/// <summary>The identity of a grain: its type name and its key. Prints as <c>type/key</c>.</summary>
public readonly struct GrainId : IEquatable<GrainId>
{
    private readonly string? _type;
    private readonly string? _key;

    private GrainId(string type, string key)
    {
        _type = type;
        _key = key;
    }

    public static GrainId Create(string type, string key) => new(type, key);

    public bool Equals(GrainId other) =>
        string.Equals(_type, other._type, StringComparison.Ordinal) && string.Equals(_key, other._key, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is GrainId other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_type, _key);

    public override string ToString() => $"{_type}/{_key}";

    public static bool operator ==(GrainId left, GrainId right) => left.Equals(right);

    public static bool operator !=(GrainId left, GrainId right) => !left.Equals(right);
}

public interface IGrainContext : IEquatable<IGrainContext>
{
    GrainId GrainId { get; }
}
