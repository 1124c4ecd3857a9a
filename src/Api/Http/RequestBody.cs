using System.Buffers;

namespace Gateway.Api.Http;

/// <summary>A whole request body in pooled memory.</summary>
/// <remarks>
/// The memory goes back to the pool when the last holder lets go: an upstream may answer while its connection still reads
/// the body, and memory that is returned too early would send another caller's text to it.
/// </remarks>
public sealed class RequestBody
{
    private readonly byte[] _buffer;
    private int _holders = 1;

    /// <summary>Takes over <paramref name="rented"/>, which is from the shared pool.</summary>
    public RequestBody(byte[] rented, int length)
    {
        _buffer = rented;
        Length = length;
    }

    public int Length { get; }

    /// <summary>Valid while the reader holds the body.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, Length);

    /// <summary>False: the memory is gone.</summary>
    public bool TryHold()
    {
        var holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            var seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    /// <summary>Once for the creator, and once for each successful <see cref="TryHold"/>.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }
}
