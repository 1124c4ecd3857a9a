using System.Diagnostics.CodeAnalysis;

namespace Gateway.Runtime.Tests.Registration;

internal sealed class WrongGrain<TInterface>;

internal interface IWithProperty : IGrainWithStringKey
{
    string Name { get; }
}

internal interface IWithGenericMethod : IGrainWithStringKey
{
    Task<T> Get<T>();
}

internal interface IWithVoid : IGrainWithStringKey
{
    void Do();
}

internal interface IWithReference : IGrainWithStringKey
{
    Task Do(ref int value);
}

internal interface IWithList : IGrainWithStringKey
{
    Task Do(List<string> names);
}

internal interface IWithVouchedList : IGrainWithStringKey
{
    Task Do([Immutable] List<string> names);
}

internal sealed class Mutable;

internal interface IWithMutableResult : IGrainWithStringKey
{
    Task<Mutable> Get();
}

internal interface IWithEarlyToken : IGrainWithStringKey
{
    [SuppressMessage("Design", "CA1068", Justification = "The rule under test.")]
    Task Do(CancellationToken token, int value);
}

internal interface IFirst : IGrainWithStringKey
{
    Task First();
}

internal interface IDerivedGrain : IFirst
{
    Task Second();
}

public interface ISharedGrain : IGrainWithStringKey
{
    Task<string> Who();
}

public sealed class FirstSharedGrain : Grain, ISharedGrain
{
    public Task<string> Who() => Task.FromResult("first");
}

public sealed class SecondSharedGrain : Grain, ISharedGrain
{
    public Task<string> Who() => Task.FromResult("second");
}

internal sealed class TwoConstructorsGrain<T> : Grain, IFirst
{
    public TwoConstructorsGrain()
    {
    }

    public TwoConstructorsGrain(T value) => Value = value;

    public T? Value { get; }

    public Task First() => Task.CompletedTask;
}

internal sealed class WrongStateGrain<T>([PersistentState("wrong")] T state) : Grain, IFirst
{
    public Task First() => Task.FromResult(state);
}
