namespace Gateway.Storage;

/// <summary>The database was written by a newer version of the gateway; using it could destroy what that version stored.</summary>
public sealed class StorageVersionException : Exception
{
    public StorageVersionException()
        : this("The database was written by a newer version of the gateway.")
    {
    }

    public StorageVersionException(string message)
        : base(message)
    {
    }

    public StorageVersionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public StorageVersionException(string database, int found, int known)
        : base($"The database {database} was written by a newer version of the gateway (schema {found}; this version knows up to {known}). Start that version, or restore a backup.")
    {
    }
}
