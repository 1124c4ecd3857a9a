using System.Reflection;
using System.Runtime.ExceptionServices;

namespace Gateway.Api.Tests.Routing.Fakes;

/// <summary>Lets a plain object answer for a grain. A fake that implemented the interface would be found by the engine and taken for a grain class.</summary>
public class StandIn : DispatchProxy
{
    private object target = null!;

    public static TGrain For<TGrain>(object target)
        where TGrain : class
    {
        var proxy = Create<TGrain, StandIn>();
        ((StandIn)(object)proxy).target = target;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        try
        {
            return target.GetType().GetMethod(targetMethod!.Name)!.Invoke(target, args);
        }
        catch (TargetInvocationException thrown)
        {
            ExceptionDispatchInfo.Throw(thrown.InnerException!);
            throw;
        }
    }
}
