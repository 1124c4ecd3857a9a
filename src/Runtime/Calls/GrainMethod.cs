using System.Text.Json.Serialization.Metadata;
using Orleans.Concurrency;

namespace Orleans.Runtime.Calls;

/// <summary>A method of a grain interface: how it is called and what its attributes ask for.</summary>
internal abstract class GrainMethod
{
    private readonly string _name;
    private readonly Lazy<JsonTypeInfo?[]> _parameters;

    protected GrainMethod(MethodInfo method)
    {
        _name = $"{method.DeclaringType!.Name}.{method.Name}";
        WireName = JsonEncodedText.Encode(WireNameOf(method));
        _parameters = new(() => [.. method.GetParameters().Select(parameter =>
            parameter.ParameterType == typeof(CancellationToken) ? null : WireJson.TypeInfo(parameter.ParameterType))]);
        Invoker = MethodInvoker.Create(method);
        IsOneWay = method.IsDefined(typeof(OneWayAttribute));
        ResponseTimeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        TokenIndex = Array.FindIndex(method.GetParameters(), parameter => parameter.ParameterType == typeof(CancellationToken));
        Interleaving = method.IsDefined(typeof(AlwaysInterleaveAttribute)) ? Interleaving.Always
            : method.IsDefined(typeof(ReadOnlyAttribute)) ? Interleaving.ReadOnly
            : Interleaving.Exclusive;
    }

    /// <summary>What the method is called between processes: the aliases of interface and method, or their names.</summary>
    public JsonEncodedText WireName { get; }

    public Interleaving Interleaving { get; }

    public bool IsOneWay { get; }

    public TimeSpan? ResponseTimeout { get; }

    /// <summary>Where the cancellation token is among the parameters; negative when there is none.</summary>
    public int TokenIndex { get; }

    protected MethodInvoker Invoker { get; }

    /// <summary>Starts a call and gives what the interface method returns.</summary>
    public abstract object Call(GrainCaller caller, GrainId target, object?[] arguments);

    /// <summary>Makes the call that arrived from another process.</summary>
    public abstract GrainCall Receive(GrainCaller caller, GrainId target, object?[] arguments, TimeSpan timeout, CancellationToken callerToken);

    public void WriteArguments(Utf8JsonWriter writer, object?[] arguments)
    {
        writer.WriteStartArray();
        for (var index = 0; index < arguments.Length; index++)
        {
            if (_parameters.Value[index] is { } type)
            {
                JsonSerializer.Serialize(writer, arguments[index], type);
            }
        }

        writer.WriteEndArray();
    }

    /// <summary>The reader stands at the array. Parameters that a newer version of the method has get their type's default.</summary>
    public object?[] ReadArguments(ref Utf8JsonReader reader)
    {
        var types = _parameters.Value;
        var arguments = new object?[types.Length];
        var read = reader.Read();
        for (var index = 0; index < types.Length && read && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            if (types[index] is { } type)
            {
                arguments[index] = JsonSerializer.Deserialize(ref reader, type);
                read = reader.Read();
            }
        }

        while (reader.TokenType != JsonTokenType.EndArray)
        {
            reader.Skip();
            reader.Read();
        }

        return arguments;
    }

    public override string ToString() => _name;

    private static string WireNameOf(MethodInfo method)
    {
        var type = method.DeclaringType!;
        var name = method.GetCustomAttributes<AliasAttribute>().FirstOrDefault()?.Alias ?? method.Name;
        var overloaded = type.GetMember(method.Name).Length > 1;
        return $"{type.GetCustomAttributes<AliasAttribute>().FirstOrDefault()?.Alias ?? type.FullName}/{name}"
            + (overloaded ? $"({string.Join(',', method.GetParameters().Select(parameter => parameter.ParameterType.Name))})" : "");
    }
}
