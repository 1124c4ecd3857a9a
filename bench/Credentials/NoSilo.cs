using System.Reflection;
using Orleans;

namespace Gateway.Credentials;

/// <summary>Stands where the cluster would be; what is cached asks nobody.</summary>
public class NoSilo : DispatchProxy
{
    public static IGrainFactory Factory => Create<IGrainFactory, NoSilo>();

    protected override object Invoke(MethodInfo? targetMethod, object?[]? args) => throw new InvalidOperationException("A cached credential asked the cluster.");
}
