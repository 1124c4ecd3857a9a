using Orleans.Core;
using Orleans.Runtime.Persistence;

namespace Orleans.Runtime.Registration;

/// <summary>A grain class: its name and how an instance is made.</summary>
internal sealed class GrainClass
{
    private readonly ParameterInfo[] _supplied;
    private readonly ObjectFactory _construct;

    public GrainClass(Type type)
    {
        Type = type;
        GrainType = NameOf(type);
        KeepAlive = type.IsDefined(typeof(KeepAliveAttribute), inherit: true);
        var constructors = type.GetConstructors();
        if (constructors.Length != 1)
        {
            throw new OrleansConfigurationException($"The grain class {type} must have exactly one public constructor; it has {constructors.Length}.");
        }

        _supplied = [.. constructors[0].GetParameters().Where(parameter => IsContext(parameter) || StateOf(parameter) is not null)];
        foreach (var parameter in _supplied.Where(parameter => !IsContext(parameter) && !IsPersistentState(parameter.ParameterType)))
        {
            throw new OrleansConfigurationException($"{type}: parameter {parameter.Name} has [PersistentState] and must be of type IPersistentState<T>.");
        }

        _construct = ActivatorUtilities.CreateFactory(type, [.. _supplied.Select(parameter => parameter.ParameterType)]);
    }

    public Type Type { get; }

    public GrainType GrainType { get; }

    public bool KeepAlive { get; }

    public IEnumerable<Type> StateTypes => _supplied.Where(IsPersistentState).Select(parameter => parameter.ParameterType.GetGenericArguments()[0]);

    /// <summary>Makes an instance; its states are not read yet.</summary>
    public (object Grain, IReadOnlyList<IStorage> States) Construct(IServiceProvider services, Activation activation)
    {
        var supplied = Array.ConvertAll(_supplied, parameter => IsContext(parameter)
            ? (object)activation
            : PersistentStateFactory.Create(parameter.ParameterType.GetGenericArguments()[0], StateOf(parameter)!, activation.GrainId, services));
        return (_construct(services, supplied), [.. supplied.OfType<IStorage>()]);
    }

    private static bool IsContext(ParameterInfo parameter) => parameter.ParameterType == typeof(IGrainContext);

    private static bool IsPersistentState(ParameterInfo parameter) => IsPersistentState(parameter.ParameterType);

    private static bool IsPersistentState(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IPersistentState<>);

    private static PersistentStateAttribute? StateOf(ParameterInfo parameter) => parameter.GetCustomAttribute<PersistentStateAttribute>();

    private static GrainType NameOf(Type type)
    {
        if (type.GetCustomAttribute<GrainTypeAttribute>() is { } named)
        {
            return GrainType.Create(named.GrainType);
        }

        const string Suffix = "grain";
        var name = type.Name.ToLowerInvariant();
        return GrainType.Create(name.EndsWith(Suffix, StringComparison.Ordinal) && name.Length > Suffix.Length ? name[..^Suffix.Length] : name);
    }
}
