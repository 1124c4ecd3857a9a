namespace Gateway.Runtime.Tests.Grains;

public interface IKeptAliveGrain : IGrainWithStringKey
{
    Task<Guid> Instance();
}

[KeepAlive]
public sealed class KeptAliveGrain : Grain, IKeptAliveGrain
{
    private readonly Guid _instance = Guid.NewGuid();

    public Task<Guid> Instance() => Task.FromResult(_instance);
}
