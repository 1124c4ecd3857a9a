namespace Gateway.Api.Streaming;

/// <summary>One timer for the silences of all streams: a timer per stream would cost more than the streams.</summary>
/// <remarks>Streams are spread over stripes, so that they do not all take one lock when they begin and end.</remarks>
public sealed class SilenceWatch : IDisposable
{
    /// <summary>How late a silence may be noticed.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private readonly Stripe[] _stripes = new Stripe[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount * 2)];
    private readonly ITimer _timer;
    private IWatchedStream[] _sweep = [];
    private int _sweeping;

    public SilenceWatch(TimeProvider time)
    {
        for (var i = 0; i < _stripes.Length; i++)
        {
            _stripes[i] = new Stripe();
        }

        _timer = time.CreateTimer(static self => ((SilenceWatch)self!).Sweep(), this, Period, Period);
    }

    /// <summary>Streams watched now.</summary>
    public int Count => _stripes.Sum(stripe => stripe.Count);

    /// <summary>One stream is added and removed by one party at a time.</summary>
    public void Add(IWatchedStream stream)
    {
        if (stream.WatchPlace.Number == 0)
        {
            var stripe = Environment.CurrentManagedThreadId & (_stripes.Length - 1);
            _stripes[stripe].Add(stream, stripe);
        }
    }

    public void Remove(IWatchedStream stream)
    {
        if (stream.WatchPlace.Number != 0)
        {
            _stripes[stream.WatchPlace.Stripe].Remove(stream);
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

        foreach (var stripe in _stripes)
        {
            var count = stripe.CopyTo(ref _sweep);
            for (var i = 0; i < count; i++)
            {
                _sweep[i].CheckSilence();
            }

            Array.Clear(_sweep);
        }

        Volatile.Write(ref _sweeping, 0);
    }

    private sealed class Stripe
    {
        private readonly Lock _lock = new();
        private readonly List<IWatchedStream> _streams = [];

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

        public void Add(IWatchedStream stream, int stripe)
        {
            lock (_lock)
            {
                _streams.Add(stream);
                stream.WatchPlace = new WatchPlace(stripe, _streams.Count);
            }
        }

        public void Remove(IWatchedStream stream)
        {
            lock (_lock)
            {
                // The last one takes the place of the one that goes, and so may have been given another while the lock was waited for.
                var place = stream.WatchPlace;
                if (place.Number == 0)
                {
                    return;
                }

                var last = _streams[^1];
                _streams.RemoveAt(_streams.Count - 1);
                if (!ReferenceEquals(last, stream))
                {
                    _streams[place.Number - 1] = last;
                    last.WatchPlace = place;
                }

                stream.WatchPlace = default;
            }
        }

        public int CopyTo(ref IWatchedStream[] copy)
        {
            lock (_lock)
            {
                if (copy.Length < _streams.Count || copy.Length > (4 * _streams.Count) + 64)
                {
                    copy = new IWatchedStream[_streams.Count];
                }

                _streams.CopyTo(copy);
                return _streams.Count;
            }
        }
    }
}
