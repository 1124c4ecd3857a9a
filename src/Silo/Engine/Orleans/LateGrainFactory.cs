using System.Reflection;
using System.Runtime.ExceptionServices;

namespace Gateway.Silo.Engine.Orleans;

/// <summary>The grain factory of a client that may not have found a silo yet: until then every use fails as a lost silo does.</summary>
internal class LateGrainFactory : DispatchProxy
{
    private volatile IGrainFactory? _target;

    public static IGrainFactory Create() => Create<IGrainFactory, LateGrainFactory>();

    /// <param name="factory">Made by <see cref="Create"/>.</param>
    /// <param name="target">Null: the client was lost.</param>
    public static void Set(IGrainFactory factory, IGrainFactory? target) => ((LateGrainFactory)(object)factory)._target = target;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var target = _target ?? throw new SiloUnavailableException("No silo has been found yet.");
        try
        {
            return targetMethod!.Invoke(target, args);
        }
        catch (TargetInvocationException exception) when (exception.InnerException is { } cause)
        {
            ExceptionDispatchInfo.Throw(cause);
            throw;
        }
    }
}
