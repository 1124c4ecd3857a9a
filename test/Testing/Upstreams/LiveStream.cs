using System.Text;
using System.Threading.Channels;

namespace Gateway.Testing.Upstreams;

/// <summary>A streamed answer that the test writes step by step while the client reads.</summary>
public sealed class LiveStream
{
    private readonly Channel<Func<UpstreamExchange, Task>> steps = Channel.CreateUnbounded<Func<UpstreamExchange, Task>>();
    private readonly TaskCompletionSource<ReceivedRequest> started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The request that this stream answers, once it arrived.</summary>
    public Task<ReceivedRequest> Started => started.Task;

    public UpstreamReply Reply => async exchange =>
    {
        started.TrySetResult(exchange.Request);
        await foreach (var step in steps.Reader.ReadAllAsync(exchange.Stopping))
        {
            await step(exchange);
        }
    };

    public LiveStream Head() => Step(exchange => exchange.WriteAsync(StreamReplies.ChunkedHead));

    public LiveStream Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    public LiveStream Send(byte[] bytes) => Step(exchange => exchange.WriteChunkAsync(bytes));

    public void End()
    {
        Step(exchange => exchange.WriteAsync("0\r\n\r\n"));
        steps.Writer.Complete();
    }

    public void Reset()
    {
        Step(exchange =>
        {
            exchange.Reset();
            return Task.CompletedTask;
        });
        steps.Writer.Complete();
    }

    private LiveStream Step(Func<UpstreamExchange, Task> step)
    {
        steps.Writer.TryWrite(step);
        return this;
    }
}
