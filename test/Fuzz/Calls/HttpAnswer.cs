namespace Gateway.Fuzz.Calls;

/// <summary>One answer as it came over the wire.</summary>
/// <param name="Head">The bytes of status line and headers.</param>
/// <param name="IsWhole">Its framing says that it is complete.</param>
internal sealed record HttpAnswer(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Head, byte[] Body, bool IsWhole)
{
    /// <summary>The first value; null when absent.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var (header, value) in Headers)
            {
                if (string.Equals(header, name, StringComparison.OrdinalIgnoreCase))
                {
                    return value;
                }
            }

            return null;
        }
    }

    public bool EndsConnection => !IsWhole || string.Equals(this["Connection"], "close", StringComparison.OrdinalIgnoreCase);
}

/// <summary>The server sent what is no HTTP.</summary>
internal sealed class InvalidAnswerException(string message) : Exception(message);
