namespace Orleans.Runtime;

/// <summary>A key as text.</summary>
public readonly record struct IdSpan
{
    private readonly string? _value;

    private IdSpan(string value) => _value = value;

    public bool IsDefault => _value is null;

    public static IdSpan Create(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return new(id);
    }

    public bool Equals(IdSpan obj) => string.Equals(_value, obj._value, StringComparison.Ordinal);

    public override int GetHashCode() => _value?.GetHashCode(StringComparison.Ordinal) ?? 0;

    public override string ToString() => _value ?? "";
}
