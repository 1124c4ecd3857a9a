namespace Gateway.Runtime.Tests.Grains;

public interface ICounterGrain : IGrainWithStringKey
{
    Task<int> Add(int amount);

    ValueTask<int> Get();

    ValueTask Reset();

    Task Fail(string message);
}

[GrainType("counter")]
public sealed class CounterGrain : Grain, ICounterGrain
{
    private int _value;

    public async Task<int> Add(int amount)
    {
        var before = _value;
        await Task.Yield();
        return _value = before + amount;
    }

    public ValueTask<int> Get() => new(_value);

    public ValueTask Reset()
    {
        _value = 0;
        return default;
    }

    public Task Fail(string message) => throw new InvalidOperationException(message);
}
