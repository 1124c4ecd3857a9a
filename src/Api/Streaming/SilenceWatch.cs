namespace Gateway.Api.Streaming;

/// <summary>One timer for the silences of all streams: a timer per stream would cost more than the streams.</summary>
public sealed class SilenceWatch : IDisposable
{
    /// <summary>How late a silence may be noticed.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly List<IWatchedStream> _streams = [];
    private readonly Dictionary<IWatchedStream, int> _positions = [];
    private readonly ITimer _timer;
    private IWatchedStream[] _sweep = [];
    private int _sweeping;

    public SilenceWatch(TimeProvider time) =>
        _timer = time.CreateTimer(static self => ((SilenceWatch)self!).Sweep(), this, Period, Period);

    /// <summary>Streams watched now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _streams.Count;
            }
        }
    }

    public void Add(IWatchedStream stream)
    {
        lock (_lock)
        {
            if (_positions.TryAdd(stream, _streams.Count))
            {
                _streams.Add(stream);
            }
        }
    }

    public void Remove(IWatchedStream stream)
    {
        lock (_lock)
        {
            if (_positions.Remove(stream, out var position))
            {
                var last = _streams[^1];
                _streams.RemoveAt(_streams.Count - 1);
                if (!ReferenceEquals(last, stream))
                {
                    _streams[position] = last;
                    _positions[last] = position;
                }
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Sweep()
    {
        // A sweep that takes longer than the period must not run beside the next one.
        if (Interlocked.Exchange(ref _sweeping, 1) != 0)
        {
            return;
        }

        int count;
        lock (_lock)
        {
            count = _streams.Count;
            if (_sweep.Length < count || _sweep.Length > 4 * count)
            {
                _sweep = new IWatchedStream[count];
            }

            _streams.CopyTo(_sweep);
        }

        for (var i = 0; i < count; i++)
        {
            _sweep[i].CheckSilence();
        }

        Array.Clear(_sweep);
        Volatile.Write(ref _sweeping, 0);
    }
}
