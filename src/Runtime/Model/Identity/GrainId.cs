namespace Orleans.Runtime;

/// <summary>The identity of a grain: its type and its key. Prints as <c>type/key</c>.</summary>
public readonly record struct GrainId
{
    public GrainId(GrainType type, IdSpan key)
    {
        Type = type;
        Key = key;
    }

    public GrainType Type { get; }

    public IdSpan Key { get; }

    public bool IsDefault => Type.IsDefault && Key.IsDefault;

    public static GrainId Create(string type, string key) => new(GrainType.Create(type), IdSpan.Create(key));

    public static GrainId Create(GrainType type, string key) => new(type, IdSpan.Create(key));

    public static GrainId Create(GrainType type, IdSpan key) => new(type, key);

    public override string ToString() => $"{Type}/{Key}";
}
