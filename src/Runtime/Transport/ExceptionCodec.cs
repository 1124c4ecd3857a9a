using System.Collections.Concurrent;
using System.Reflection;

namespace Orleans.Runtime.Transport;

/// <summary>An exception as it crosses: its type by name and its message.</summary>
internal sealed record WireException(string Type, string Message);

/// <summary>
/// Makes the exception again where this process knows its type and can construct it from a message; else a plain
/// <see cref="OrleansException"/> that names it. Nothing but exception types is ever constructed.
/// </summary>
internal static class ExceptionCodec
{
    private const BindingFlags Constructors = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
    private static readonly ConcurrentDictionary<string, Type> Known = new();

    public static WireException Encode(Exception exception) => new(exception.GetType().FullName!, exception.Message);

    public static Exception Decode(WireException wire)
    {
        var exception = FindType(wire.Type) is { } type ? Construct(type, wire.Message) : null;
        if (exception is Storage.InconsistentStateException inconsistent)
        {
            // The activation that met the conflict is on the other side and was told.
            inconsistent.SourceDeactivated = true;
        }

        return exception ?? new OrleansException($"{wire.Type}: {wire.Message}");
    }

    private static Type? FindType(string name)
    {
        if (Known.TryGetValue(name, out var known))
        {
            return known;
        }

        var found = AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetType(name)).FirstOrDefault(IsException);
        return found is null ? null : Known.GetOrAdd(name, found);
    }

    private static bool IsException(Type? type) => type is { IsAbstract: false, ContainsGenericParameters: false } && type.IsAssignableTo(typeof(Exception));

    private static Exception? Construct(Type type, string message)
    {
        // One parameter, or an inner exception (or parameter name) beside it that may be null. Non-public ones only of the engine itself.
        var visible = type.GetConstructors(Constructors).Where(constructor => constructor.IsPublic || type.Assembly == typeof(IGrain).Assembly);
        var fitting = visible.Where(constructor => constructor.GetParameters() is [{ ParameterType: var first, Name: "message" or "msg" or "errorMsg" }, ..]
                && first == typeof(string) && constructor.GetParameters().Skip(1).All(parameter => !parameter.ParameterType.IsValueType))
            .OrderBy(constructor => constructor.GetParameters().Length).FirstOrDefault();
        try
        {
            return (Exception?)fitting?.Invoke([message, .. Enumerable.Repeat<object?>(null, fitting.GetParameters().Length - 1)]);
        }
        catch (TargetInvocationException)
        {
            return null;
        }
    }
}
