namespace Orleans.Runtime;

/// <summary>The name of a grain class in identities and in storage: stable for as long as its state is.</summary>
public readonly record struct GrainType
{
    private readonly string? _value;

    private GrainType(string value) => _value = value;

    public bool IsDefault => _value is null;

    public static GrainType Create(string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value);
        return new(value);
    }

    public bool Equals(GrainType obj) => string.Equals(_value, obj._value, StringComparison.Ordinal);

    public override int GetHashCode() => _value?.GetHashCode(StringComparison.Ordinal) ?? 0;

    public override string ToString() => _value ?? "";
}
