using System.Runtime.InteropServices;

namespace Gateway.Api.Forwarding.Body;

/// <summary>What the gateway reads of a request body, with the places where it may have to change it.</summary>
public sealed class PeekedRequest
{
    /// <summary>The caller's word, unescaped; null only where the path names the model.</summary>
    public string? Model { get; internal set; }

    /// <summary>The model's JSON text, quotes included; empty: absent.</summary>
    public ByteRange ModelText { get; internal set; }

    public bool Stream { get; internal set; }

    /// <summary>The value of <c>stream_options</c>; empty: absent.</summary>
    public ByteRange StreamOptions { get; internal set; }

    /// <summary><c>stream_options</c> is an object, not null.</summary>
    public bool StreamOptionsIsObject { get; internal set; }

    public bool StreamOptionsIsEmpty { get; internal set; }

    /// <summary>The value of <c>stream_options.include_usage</c>; empty: absent.</summary>
    public ByteRange IncludeUsage { get; internal set; }

    /// <summary>The caller wants the usage chunk itself.</summary>
    public bool AsksForUsage { get; internal set; }

    /// <summary>Just after the opening brace of the body.</summary>
    public int ContentStart { get; internal set; }

    /// <summary>The body has no field at all.</summary>
    public bool IsEmpty { get; internal set; } = true;
}

/// <summary>A part of the body, in bytes from its beginning.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ByteRange(int Start, int Length)
{
    public bool IsEmpty => Length == 0;
}
