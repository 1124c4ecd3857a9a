using System.Reflection;
using Orleans.Concurrency;
using Orleans.Runtime.Activations;

namespace Orleans.Runtime.Calls;

/// <summary>A method of a grain interface: how it is called and what its attributes ask for.</summary>
internal abstract class GrainMethod
{
    private readonly string _name;

    protected GrainMethod(MethodInfo method)
    {
        _name = $"{method.DeclaringType!.Name}.{method.Name}";
        Invoker = MethodInvoker.Create(method);
        IsOneWay = method.IsDefined(typeof(OneWayAttribute));
        ResponseTimeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        TokenIndex = Array.FindIndex(method.GetParameters(), parameter => parameter.ParameterType == typeof(CancellationToken));
        Interleaving = method.IsDefined(typeof(AlwaysInterleaveAttribute)) ? Interleaving.Always
            : method.IsDefined(typeof(ReadOnlyAttribute)) ? Interleaving.ReadOnly
            : Interleaving.Exclusive;
    }

    public Interleaving Interleaving { get; }

    public bool IsOneWay { get; }

    public TimeSpan? ResponseTimeout { get; }

    /// <summary>Where the cancellation token is among the parameters; negative when there is none.</summary>
    public int TokenIndex { get; }

    protected MethodInvoker Invoker { get; }

    /// <summary>Starts a call and gives what the interface method returns.</summary>
    public abstract object Call(GrainCaller caller, GrainId target, object?[] arguments);

    public override string ToString() => _name;
}
