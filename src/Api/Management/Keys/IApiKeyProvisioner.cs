using Gateway.Storage.Keys;

namespace Gateway.Api.Management.Keys;

/// <summary>Keys whose text is chosen elsewhere: the demo key, keys of tests.</summary>
public interface IApiKeyProvisioner
{
    /// <summary>Makes the key unless there is one with this text; that one stays as it is, revoked or not.</summary>
    /// <exception cref="ArgumentException">The text is not well-formed; <see cref="ApiKeyText.Create"/> makes one.</exception>
    /// <exception cref="Gateway.Storage.StorageUnavailableException">The database cannot be used.</exception>
    Task<ApiKeyRecord> EnsureKeyAsync(string text, ApiKeyDraft draft, CancellationToken cancellationToken);
}
