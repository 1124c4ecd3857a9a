namespace Orleans.Runtime;

/// <summary>A bound of the engine was reached; the call did not run.</summary>
public sealed class LimitExceededException : OrleansException
{
    public LimitExceededException()
        : base("A limit was exceeded.")
    {
    }

    public LimitExceededException(string message)
        : base(message)
    {
    }

    public LimitExceededException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public LimitExceededException(string limitName, int current, int threshold, object extraInfo)
        : base(string.Create(CultureInfo.InvariantCulture, $"Limit {limitName} exceeded: {current} of at most {threshold} at {extraInfo}."))
    {
    }
}
