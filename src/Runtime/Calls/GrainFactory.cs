namespace Orleans.Runtime.Calls;

/// <summary>Makes references for one process.</summary>
internal class GrainFactory(GrainRegistry registry, GrainCaller caller) : IGrainFactory
{
    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        return Reference<TGrainInterface>(primaryKey, grainClassNamePrefix);
    }

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey =>
        Reference<TGrainInterface>(primaryKey.ToString("X", CultureInfo.InvariantCulture), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable =>
        GrainReferenceProxy.Create<TGrainInterface>(caller, registry.GetInterface(typeof(TGrainInterface)), grainId);

    private TGrainInterface Reference<TGrainInterface>(string key, string? classNamePrefix)
    {
        var grainInterface = registry.GetInterface(typeof(TGrainInterface));
        return GrainReferenceProxy.Create<TGrainInterface>(caller, grainInterface, GrainId.Create(grainInterface.Implementation(classNamePrefix).GrainType, key));
    }
}
