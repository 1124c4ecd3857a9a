namespace Gateway.Silo.Settings;

/// <summary>Provider keys by <c>endpoint_id</c>, as the settings have them now.</summary>
public interface IProviderCredentials
{
    /// <summary>Null: nothing is configured for it.</summary>
    ProviderCredential? Find(string endpointId);

    /// <summary>Counts up with every change of a watched secret file.</summary>
    long Version { get; }
}
