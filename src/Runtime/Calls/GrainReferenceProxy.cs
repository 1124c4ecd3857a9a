namespace Orleans.Runtime.Calls;

/// <summary>The base of the generated classes that stand for a grain: they turn each method into a call.</summary>
internal class GrainReferenceProxy : DispatchProxy, IAddressable
{
    private GrainCaller _caller = null!;
    private GrainInterface _interface = null!;

    public GrainId GrainId { get; private set; }

    public static TInterface Create<TInterface>(GrainCaller caller, GrainInterface grainInterface, GrainId grainId)
    {
        var reference = Create<TInterface, GrainReferenceProxy>();
        var proxy = (GrainReferenceProxy)(object)reference!;
        proxy._caller = caller;
        proxy._interface = grainInterface;
        proxy.GrainId = grainId;
        return reference;
    }

    public override bool Equals(object? obj) => obj is GrainReferenceProxy other && other.GrainId == GrainId;

    public override int GetHashCode() => GrainId.GetHashCode();

    public override string ToString() => $"GrainReference:{GrainId}";

    protected override object Invoke(MethodInfo? targetMethod, object?[]? args) =>
        _interface.Methods[targetMethod!].Call(_caller, GrainId, args!);
}
