namespace Orleans.Runtime;

/// <summary>A call was not delivered; it did not run.</summary>
public class OrleansMessageRejectionException : OrleansException
{
    internal OrleansMessageRejectionException(string message)
        : base(message)
    {
    }

    internal OrleansMessageRejectionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The silo has not started, or is stopping, or is gone.</summary>
public sealed class SiloUnavailableException : OrleansMessageRejectionException
{
    public SiloUnavailableException()
        : base("The silo is not available.")
    {
    }

    public SiloUnavailableException(string msg)
        : base(msg)
    {
    }

    public SiloUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
