using System.Collections.Frozen;

namespace Orleans.Runtime.Registration;

/// <summary>The grain classes and interfaces of a process. Making it checks them, so that a mistake stops the start.</summary>
internal sealed class GrainRegistry
{
    private readonly FrozenDictionary<GrainType, GrainClass> _classes;
    private readonly ConcurrentDictionary<Type, GrainInterface> _interfaces = new();
    private readonly FrozenDictionary<string, GrainMethod> _methods;

    public GrainRegistry(IEnumerable<Type> grainClasses)
    {
        var classes = grainClasses.Select(type => new GrainClass(type)).ToList();
        foreach (var sameName in classes.GroupBy(grainClass => grainClass.GrainType).Where(group => group.Count() > 1))
        {
            throw new OrleansConfigurationException(
                $"The grain classes {string.Join(" and ", sameName.Select(grainClass => grainClass.Type))} are both named '{sameName.Key}'; give one a [GrainType].");
        }

        _classes = classes.ToFrozenDictionary(grainClass => grainClass.GrainType);
        foreach (var type in classes.SelectMany(grainClass => GrainInterfacesOf(grainClass.Type)).Distinct())
        {
            GrainInterfaceRules.Check(type);
            _interfaces[type] = new(type, classes);
        }

        _methods = _interfaces.Values.SelectMany(grainInterface => grainInterface.Methods.Values)
            .DistinctBy(method => method.WireName.Value).ToFrozenDictionary(method => method.WireName.Value);
    }

    public IEnumerable<GrainClass> Classes => _classes.Values;

    /// <summary>The method that a message from another process names.</summary>
    public GrainMethod? FindMethod(string wireName) => _methods.GetValueOrDefault(wireName);

    public GrainClass? FindClass(GrainType type) => _classes.GetValueOrDefault(type);

    // One that no class here implements is made when it is asked for, and says so when it is called.
    public GrainInterface GetInterface(Type type) => _interfaces.GetOrAdd(type, static (type, registry) =>
    {
        GrainInterfaceRules.Check(type);
        return new(type, registry.Classes);
    }, this);

    public static IEnumerable<Type> GrainInterfacesOf(Type grainClass) => grainClass.GetInterfaces().Where(IsGrainInterface);

    public static bool IsGrainInterface(Type type) => type.IsInterface && typeof(IAddressable).IsAssignableFrom(type)
        && type != typeof(IAddressable) && type != typeof(IGrain) && type != typeof(IGrainWithStringKey) && type != typeof(IGrainWithIntegerKey);
}
