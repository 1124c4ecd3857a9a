using System.Text.Json;

namespace Gateway.Api.Forwarding.Body;

/// <summary>Matches the name that a reader is at, escaped or not, with <see cref="RoutingFieldNames"/>.</summary>
internal static class PeekedNames
{
    public static RoutingField Match(ref readonly Utf8JsonReader reader, out bool exact)
    {
        if (!reader.ValueIsEscaped)
        {
            return RoutingFieldNames.Match(reader.ValueSpan, out exact);
        }

        Span<byte> name = stackalloc byte[RoutingFieldNames.MaxEscapedLength];
        exact = false;
        return TryUnescape(in reader, ref name) ? RoutingFieldNames.Match(name, out exact) : RoutingField.None;
    }

    /// <param name="canonical">ASCII, lower case.</param>
    public static bool Matches(ref readonly Utf8JsonReader reader, ReadOnlySpan<byte> canonical, out bool exact)
    {
        if (!reader.ValueIsEscaped)
        {
            return RoutingFieldNames.Matches(reader.ValueSpan, canonical, out exact);
        }

        Span<byte> name = stackalloc byte[RoutingFieldNames.MaxEscapedLength];
        exact = false;
        return TryUnescape(in reader, ref name) && RoutingFieldNames.Matches(name, canonical, out exact);
    }

    /// <summary>False: too long for a routing field, or half of a surrogate pair.</summary>
    private static bool TryUnescape(ref readonly Utf8JsonReader reader, scoped ref Span<byte> name)
    {
        if (reader.ValueSpan.Length > name.Length)
        {
            return false;
        }

        try
        {
            name = name[..reader.CopyString(name)];
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
