namespace Orleans.Storage;

/// <summary>The stored ETag is not the one that this activation read: another activation wrote meanwhile.</summary>
public class InconsistentStateException : OrleansException
{
    public InconsistentStateException()
    {
    }

    public InconsistentStateException(string message)
        : base(message)
    {
    }

    public InconsistentStateException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag)
        : base(errorMsg)
    {
        StoredEtag = storedEtag;
        CurrentEtag = currentEtag;
    }

    public string? StoredEtag { get; private set; }

    public string? CurrentEtag { get; private set; }

    /// <summary>Whether the activation that met the conflict has been told, so that its callers up the chain are left alone.</summary>
    internal bool SourceDeactivated { get; set; }
}
