using System.Runtime.InteropServices;
using System.Text.Json;

namespace Gateway.Api.Forwarding.Body;

/// <summary>A whole number of the body, and where it stands.</summary>
/// <param name="Text">Its JSON text.</param>
/// <param name="Value">Null: the body says <c>null</c>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PeekedNumber(ByteRange Text, long? Value)
{
    /// <summary>Also reads <c>1e3</c> and <c>100.0</c>, as upstreams do. What is beyond a long is its largest or smallest.</summary>
    internal static bool TryRead(ref Utf8JsonReader reader, out long number)
    {
        if (reader.TryGetInt64(out number))
        {
            return true;
        }

        if (!reader.TryGetDecimal(out var wide) || wide != decimal.Truncate(wide))
        {
            return false;
        }

        number = (long)Math.Clamp(wide, long.MinValue, long.MaxValue);
        return true;
    }
}
