namespace Gateway.Api.Forwarding.Body;

/// <summary>Puts other bytes in the place of a part of the body.</summary>
/// <param name="Range">What is replaced; of length 0: the text is inserted there.</param>
public readonly record struct BodyEdit(ByteRange Range, ReadOnlyMemory<byte> Text);
