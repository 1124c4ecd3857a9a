using System.Net;
using System.Net.Sockets;

namespace Gateway.Api.Authentication;

/// <summary>
/// Bounds what failed attempts of one address may cost: a token bucket per IPv4 address or IPv6 /64.
/// </summary>
/// <remarks>A token is taken before the look-up and given back when it succeeds, so that parallel attempts cannot pass together.</remarks>
internal sealed class FailedAttemptLimiter(TimeProvider time)
{
    public const int Burst = 50;
    public const int MaxAddresses = 10_000;
    private static readonly TimeSpan RefillInterval = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, Bucket> _buckets = [];

    /// <param name="retryAfter">Time until the next token.</param>
    public bool TryTake(IPAddress? address, out TimeSpan retryAfter)
    {
        lock (_gate)
        {
            var bucket = Find(KeyOf(address));
            bucket.Refill(time.GetUtcNow());
            if (bucket.Tokens >= 1)
            {
                bucket.Tokens--;
                retryAfter = TimeSpan.Zero;
                return true;
            }

            retryAfter = RefillInterval * (1 - bucket.Tokens);
            return false;
        }
    }

    public void GiveBack(IPAddress? address)
    {
        lock (_gate)
        {
            var bucket = Find(KeyOf(address));
            bucket.Tokens = Math.Min(Burst, bucket.Tokens + 1);
        }
    }

    private Bucket Find(UInt128 key)
    {
        if (_buckets.TryGetValue(key, out var bucket))
        {
            return bucket;
        }

        if (_buckets.Count >= MaxAddresses)
        {
            DropFull();
            if (_buckets.Count >= MaxAddresses)
            {
                // Attacked from more addresses than the table holds: newcomers share one bucket, nobody goes uncounted.
                key = UInt128.MaxValue;
                if (_buckets.TryGetValue(key, out bucket))
                {
                    return bucket;
                }
            }
        }

        bucket = new Bucket(time.GetUtcNow());
        _buckets[key] = bucket;
        return bucket;
    }

    private void DropFull()
    {
        var now = time.GetUtcNow();
        foreach (var (key, bucket) in _buckets)
        {
            bucket.Refill(now);
            if (bucket.Tokens >= Burst)
            {
                _buckets.Remove(key);
            }
        }
    }

    private static UInt128 KeyOf(IPAddress? address)
    {
        if (address is null)
        {
            return UInt128.Zero;
        }

        var mapped = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Span<byte> bytes = stackalloc byte[16];
        mapped.TryWriteBytes(bytes, out var written);
        if (mapped.AddressFamily == AddressFamily.InterNetworkV6)
        {
            bytes[8..].Clear();
            return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
        }

        // IPv4 in the low half, where a /64 has zeros; the length keeps 0.0.0.0 apart from "no address".
        return ((UInt128)(uint)written << 32) | System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    private sealed class Bucket(DateTimeOffset start)
    {
        private DateTimeOffset _filledAt = start;

        public double Tokens { get; set; } = Burst;

        public void Refill(DateTimeOffset now)
        {
            if (now > _filledAt)
            {
                Tokens = Math.Min(Burst, Tokens + ((now - _filledAt) / RefillInterval));
            }

            // Also when the clock was set back: waiting for the old time would lock people out.
            _filledAt = now;
        }
    }
}
