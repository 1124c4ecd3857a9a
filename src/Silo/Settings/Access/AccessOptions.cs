namespace Gateway.Silo.Settings.Access;

/// <summary><c>GATEWAY_ACCESS</c>: who may use what, beyond what the entries of the manifest say.</summary>
public sealed class AccessOptions
{
    private volatile AccessDocument _document = AccessDocument.Open;

    /// <summary>The rules in force; replaced as a whole when the watched file changes.</summary>
    public AccessDocument Document
    {
        get => _document;
        set => _document = value;
    }
}
