using System.Collections.Frozen;

namespace Orleans.Runtime.Registration;

/// <summary>A grain interface, its methods and the classes that implement it.</summary>
internal sealed class GrainInterface
{
    private readonly IReadOnlyList<GrainClass> _classes;

    public GrainInterface(Type type, IEnumerable<GrainClass> classes)
    {
        Type = type;
        _classes = [.. classes.Where(grainClass => type.IsAssignableFrom(grainClass.Type))];
        Methods = MethodsOf(type).ToFrozenDictionary(method => method, GrainMethodFactory.Create);
    }

    public Type Type { get; }

    public FrozenDictionary<MethodInfo, GrainMethod> Methods { get; }

    /// <summary>The one class that implements the interface, among those whose full name starts with the prefix.</summary>
    public GrainClass Implementation(string? classNamePrefix)
    {
        if (_classes.Count == 1 && classNamePrefix is null)
        {
            return _classes[0];
        }

        var found = _classes.Where(candidate => classNamePrefix is null || candidate.Type.FullName!.StartsWith(classNamePrefix, StringComparison.Ordinal)).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw new ArgumentException($"No grain class implements {Type}{(classNamePrefix is null ? "" : $" with a name that starts with '{classNamePrefix}'")}."),
            _ => throw new ArgumentException($"{Type} is implemented by {string.Join(" and ", found.Select(candidate => candidate.Type))}; name one by grainClassNamePrefix."),
        };
    }

    public static IEnumerable<MethodInfo> MethodsOf(Type grainInterface) => grainInterface.GetInterfaces().Prepend(grainInterface)
        .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        .Where(method => method.IsAbstract || method.IsVirtual);
}
