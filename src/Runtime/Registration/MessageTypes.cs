namespace Orleans.Runtime.Registration;

/// <summary>Which types may be passed without a copy.</summary>
internal static class MessageTypes
{
    private static readonly HashSet<Type> Values =
    [
        typeof(void), typeof(string), typeof(decimal), typeof(Guid), typeof(Uri), typeof(Version), typeof(DateTime), typeof(DateTimeOffset),
        typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan), typeof(CancellationToken), typeof(GrainId), typeof(GrainType), typeof(IdSpan), typeof(SiloAddress),
    ];

    private static readonly HashSet<Type> Containers =
    [
        typeof(IReadOnlyList<>), typeof(IReadOnlyCollection<>), typeof(IReadOnlyDictionary<,>), typeof(IReadOnlySet<>), typeof(Nullable<>),
    ];

    /// <summary>
    /// Values, types marked [Immutable], and immutable or read-only collections of these. A read-only collection interface is taken at
    /// its word: who made the list does not change it after it was sent.
    /// </summary>
    public static bool IsImmutable(Type type) => IsValue(type)
        || type.IsDefined(typeof(ImmutableAttribute))
        || (IsContainer(type) && type.GetGenericArguments().All(IsImmutable));

    public static bool IsValue(Type type) => type.IsPrimitive || type.IsEnum || Values.Contains(type);

    public static bool IsContainer(Type type) => type.IsGenericType
        && (Containers.Contains(type.GetGenericTypeDefinition())
            || type.Namespace == "System.Collections.Immutable");

    public static IEnumerable<PropertyInfo> MembersOf(Type message) => message
        .GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .Where(property => property.Name != "EqualityContract" && property.GetIndexParameters().Length == 0);
}
