namespace Gateway.Runtime.Tests.Grains;

public interface IGreeterGrain : IGrainWithStringKey
{
    Task<string> Greet(string name);
}

public interface IPoliteGreeterGrain : IGreeterGrain
{
    ValueTask<string> Farewell(string name = "all");

    Task Forget();

    Task<LedgerState> Echo(LedgerState message);
}

public sealed class GreeterGrain : Grain, IPoliteGreeterGrain
{
    public Task<string> Greet(string name) => Task.FromResult("Hello " + name);

    public ValueTask<string> Farewell(string name) => new("Goodbye " + name);

    public Task Forget() => null!;

    public Task<LedgerState> Echo(LedgerState message) => Task.FromResult(message);
}
