namespace Gateway.Silo;

/// <summary>The start cannot go on. The message is the one line that the operator reads: what is wrong and what to do.</summary>
public sealed class StartException : Exception
{
    public StartException()
    {
    }

    public StartException(string message)
        : base(message)
    {
    }

    public StartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
