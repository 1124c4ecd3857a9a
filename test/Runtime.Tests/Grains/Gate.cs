namespace Gateway.Runtime.Tests.Grains;

/// <summary>Holds a script until the test opens it, and tells the test how many have come.</summary>
public sealed class Gate
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _arrived;

    public int Arrived => Volatile.Read(ref _arrived);

    public void Open() => _open.TrySetResult();

    public async Task<string> Pass(string result = "")
    {
        Interlocked.Increment(ref _arrived);
        await _open.Task;
        return result;
    }

    public Task WaitForArrivals(int count = 1) => Eventually.Holds(() => Arrived >= count, $"{count} arrive at the gate");
}
