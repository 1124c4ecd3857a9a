namespace Orleans.Runtime.Transport;

/// <summary>An exception as it crosses: its type by name, its message, and what caused it.</summary>
internal sealed record WireException(string Type, string Message, WireException? Inner = null);

/// <summary>
/// Makes the exception again where this process knows its type and can construct it from a message; else a plain
/// <see cref="OrleansException"/> that names it. Nothing but exception types is ever constructed.
/// </summary>
internal static class ExceptionCodec
{
    private const int MaxDepth = 5;
    private const BindingFlags Constructors = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
    private static readonly ConcurrentDictionary<string, Type> Known = new();

    public static WireException Encode(Exception exception, int depth = 0) => new(
        exception.GetType().FullName!, exception.Message, exception.InnerException is { } inner && depth < MaxDepth ? Encode(inner, depth + 1) : null);

    public static Exception Decode(WireException wire)
    {
        var exception = FindType(wire.Type) is { } type ? Construct(type, wire) : null;
        if (exception is Storage.InconsistentStateException inconsistent)
        {
            // The activation that met the conflict is on the other side and was told.
            inconsistent.SourceDeactivated = true;
        }

        return exception ?? new OrleansException($"{wire.Type}: {wire.Message}", InnerOf(wire));
    }

    private static Exception? InnerOf(WireException wire) => wire.Inner is null ? null : Decode(wire.Inner);

    private static Type? FindType(string name)
    {
        if (Known.TryGetValue(name, out var known))
        {
            return known;
        }

        var found = name.Length == 0 ? null : AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetType(name)).FirstOrDefault(IsException);
        return found is null ? null : Known.GetOrAdd(name, found);
    }

    private static bool IsException(Type? type) => type is { IsAbstract: false, ContainsGenericParameters: false } && type.IsAssignableTo(typeof(Exception));

    private static Exception? Construct(Type type, WireException wire)
    {
        // A message, and where there is a cause, the cause; non-public constructors only of the engine itself.
        var visible = type.GetConstructors(Constructors).Where(constructor => constructor.IsPublic || type.Assembly == typeof(IGrain).Assembly);
        var fitting = visible.Where(constructor => constructor.GetParameters() is [{ ParameterType: var first, Name: "message" or "msg" or "errorMsg" }, ..]
                && first == typeof(string) && constructor.GetParameters().Skip(1).All(parameter => !parameter.ParameterType.IsValueType))
            .OrderByDescending(constructor => wire.Inner is not null && TakesCause(constructor)).ThenBy(constructor => constructor.GetParameters().Length).FirstOrDefault();
        var rest = fitting?.GetParameters().Skip(1).Select(parameter => parameter.ParameterType == typeof(Exception) ? InnerOf(wire) : null);
        try
        {
            return (Exception?)fitting?.Invoke([wire.Message, .. rest!]);
        }
        catch (TargetInvocationException)
        {
            return null;
        }
    }

    private static bool TakesCause(ConstructorInfo constructor) => constructor.GetParameters() is [_, { ParameterType: var second }] && second == typeof(Exception);
}
