namespace Orleans.Runtime;

/// <summary>Rises with every change of the membership, also over the loss of what stores it.</summary>
[Immutable]
[GenerateSerializer]
public readonly record struct MembershipVersion
{
    public MembershipVersion(long version) => Value = version;

    [Id(0)]
    public long Value { get; init; }

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
