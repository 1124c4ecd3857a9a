using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans.Runtime.Registration;

namespace Gateway.Runtime.Tests.Messages;

/// <summary>
/// Checks every type that crosses a grain boundary or is stored, starting from the methods of grain interfaces and from persistent states:
/// <list type="number">
/// <item>A leaf is a plain value; floating point only where the member is listed as always finite.</item>
/// <item>A collection is an immutable or read-only one of such types.</item>
/// <item>Anything else is a public immutable record with [GenerateSerializer], [Immutable] and an [Alias] of its own.</item>
/// <item>Each stored property has an [Id] of its own in the type. Parameters of a primary constructor are exempt: their position is
/// their id, so that they change by addition at the end only.</item>
/// <item>A state is also a record with a whole number <c>Schema</c> and a parameterless constructor.</item>
/// </list>
/// </summary>
internal sealed class MessageRules(IReadOnlySet<string>? finiteMembers = null)
{
    private readonly IReadOnlySet<string> _finite = finiteMembers ?? new HashSet<string>();
    private readonly HashSet<Type> _seen = [];
    private readonly Dictionary<string, Type> _aliases = [];
    private readonly List<string> _problems = [];

    public IReadOnlyList<string> Problems => _problems;

    public IReadOnlyCollection<Type> Messages => _seen;

    public MessageRules CheckInterface(Type grainInterface)
    {
        foreach (var method in GrainInterface.MethodsOf(grainInterface))
        {
            foreach (var parameter in method.GetParameters().Where(parameter => parameter.ParameterType != typeof(CancellationToken)))
            {
                Check(parameter.ParameterType, $"{grainInterface.Name}.{method.Name}({parameter.Name})");
            }

            if (method.ReturnType.IsGenericType)
            {
                Check(method.ReturnType.GetGenericArguments()[0], $"{grainInterface.Name}.{method.Name}");
            }
        }

        return this;
    }

    public MessageRules CheckState(Type state)
    {
        Check(state, "state");
        Require(state.GetProperty("Schema")?.PropertyType == typeof(int), state, "is a state without an int Schema");
        Require(state.GetConstructor([]) is not null, state, "is a state without a parameterless constructor");
        return this;
    }

    private void Check(Type type, string member)
    {
        if (type == typeof(double) || type == typeof(float) || type == typeof(Half))
        {
            Require(_finite.Contains(member), member, $"is a {type.Name}, which can be NaN or infinite");
        }
        else if (MessageTypes.IsContainer(type))
        {
            foreach (var element in type.GetGenericArguments())
            {
                Check(element, member);
            }
        }
        else if (!MessageTypes.IsValue(type) && Require(IsRecord(type), member, $"is of type {type}, which is neither a value, an immutable collection nor a record") && _seen.Add(type))
        {
            CheckRecord(type);
        }
    }

    private void CheckRecord(Type type)
    {
        Require(type.IsVisible, type, "is not public");
        Require(type.IsDefined(typeof(GenerateSerializerAttribute)), type, "has no [GenerateSerializer]");
        Require(type.IsDefined(typeof(ImmutableAttribute)), type, "has no [Immutable]");
        var alias = type.GetCustomAttributes<AliasAttribute>().FirstOrDefault()?.Alias;
        if (Require(alias is not null, type, "has no [Alias]"))
        {
            Require(_aliases.TryAdd(alias!, type), type, $"has the alias '{alias}' of another type");
        }

        var ids = new HashSet<uint>();
        foreach (var property in MessageTypes.MembersOf(type).Where(IsStored))
        {
            var id = property.GetCustomAttribute<IdAttribute>()?.Id;
            Require(id is not null || IsPrimaryConstructorParameter(type, property), type, $"has no [Id] on {property.Name}");
            Require(id is null || ids.Add(id.Value), type, $"uses the id {id} of {property.Name} twice");
            Require(IsReadOnly(property), type, $"lets {property.Name} be set");
            Check(property.PropertyType, $"{type.Name}.{property.Name}");
        }

        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public))
        {
            Require(false, type, $"has the public field {field.Name}");
        }
    }

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null
        || (type.IsValueType && type.IsDefined(typeof(IsReadOnlyAttribute)) && type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) is not null);

    private static bool IsStored(PropertyInfo property) =>
        property.DeclaringType!.GetField($"<{property.Name}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic) is not null;

    private static bool IsPrimaryConstructorParameter(Type type, PropertyInfo property) => type.GetConstructors()
        .Any(constructor => constructor.GetParameters().Any(parameter => parameter.Name == property.Name && parameter.ParameterType == property.PropertyType));

    private static bool IsReadOnly(PropertyInfo property) =>
        property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ?? true;

    private bool Require(bool kept, object who, string problem)
    {
        if (!kept)
        {
            _problems.Add($"{(who as Type)?.Name ?? who} {problem}");
        }

        return kept;
    }
}
