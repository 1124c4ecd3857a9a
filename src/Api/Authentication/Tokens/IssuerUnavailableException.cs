namespace Gateway.Api.Authentication.Tokens;

/// <summary>The identity provider's metadata or keys cannot be fetched now.</summary>
internal sealed class IssuerUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
