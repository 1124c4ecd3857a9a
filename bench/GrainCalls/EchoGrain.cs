using System.Collections.Immutable;

namespace Gateway.GrainCalls;

[GenerateSerializer, Immutable, Alias("bench.Message")]
public sealed record Message([property: Id(0)] string Text, [property: Id(1)] long Number, [property: Id(2)] ImmutableArray<string> Parts);

[Alias("bench.Echo")]
public interface IEchoGrain : IGrainWithStringKey
{
    Task<int> Increment(int number);

    Task<Message> Echo(Message message);
}

[GrainType("echo")]
public sealed class EchoGrain : Grain, IEchoGrain
{
    public Task<int> Increment(int number) => Task.FromResult(number + 1);

    public Task<Message> Echo(Message message) => Task.FromResult(message);
}
