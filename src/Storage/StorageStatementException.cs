namespace Gateway.Storage;

/// <summary>The database answered and refused a statement: a defect of the gateway, not an outage. Nothing was written.</summary>
public sealed class StorageStatementException : Exception
{
    public StorageStatementException()
        : this("The database refused a statement.")
    {
    }

    public StorageStatementException(string message)
        : base(message)
    {
    }

    public StorageStatementException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>It is a value that does not fit, and no mistake in the statement itself.</summary>
    public bool IsOfValue { get; init; }
}
