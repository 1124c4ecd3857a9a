using Orleans.Clustering.Redis;

namespace Orleans.Configuration;

/// <summary>Refuses options that would make calls wait for ever, mailboxes unbounded, or live activations collected.</summary>
internal sealed class EngineOptionsValidator : IValidateOptions<SiloMessagingOptions>, IValidateOptions<ClientMessagingOptions>,
    IValidateOptions<GrainCollectionOptions>, IValidateOptions<EndpointOptions>, IValidateOptions<ClusterTransportOptions>, IValidateOptions<RedisClusteringOptions>
{
    public ValidateOptionsResult Validate(string? name, SiloMessagingOptions options) => All(
        (options.ResponseTimeout > TimeSpan.Zero, "SiloMessagingOptions.ResponseTimeout must be positive."),
        (options.MaxEnqueuedRequestsHardLimit > 0, "SiloMessagingOptions.MaxEnqueuedRequestsHardLimit must be at least 1."));

    public ValidateOptionsResult Validate(string? name, GrainCollectionOptions options) => All(
        (options.CollectionQuantum > TimeSpan.Zero, "GrainCollectionOptions.CollectionQuantum must be positive."),
        (options.CollectionAge > options.CollectionQuantum, "GrainCollectionOptions.CollectionAge must be greater than CollectionQuantum."),
        (options.ActivationTimeout > TimeSpan.Zero, "GrainCollectionOptions.ActivationTimeout must be positive."),
        (options.DeactivationTimeout > TimeSpan.Zero, "GrainCollectionOptions.DeactivationTimeout must be positive."));

    public ValidateOptionsResult Validate(string? name, EndpointOptions options) => All(
        (options.SiloPort is > 0 and <= 65535, "EndpointOptions.SiloPort must be a port."),
        (options.GatewayPort is >= 0 and <= 65535, "EndpointOptions.GatewayPort must be a port or 0."));

    public ValidateOptionsResult Validate(string? name, ClientMessagingOptions options) =>
        All((options.ResponseTimeout > TimeSpan.Zero, "ClientMessagingOptions.ResponseTimeout must be positive."));

    public ValidateOptionsResult Validate(string? name, ClusterTransportOptions options) => All(
        (options.Secret.Length >= ClusterTransportOptions.MinSecretLength, $"ClusterTransportOptions.Secret must have at least {ClusterTransportOptions.MinSecretLength} characters."),
        (options.MaxMessageBytes > 0, "ClusterTransportOptions.MaxMessageBytes must be positive."),
        (options.Certificate is null || options.Certificate.HasPrivateKey, "ClusterTransportOptions.Certificate must have its private key."),
        (options.Certificate is null || options.TrustedAuthorities.Count > 0, "ClusterTransportOptions.TrustedAuthorities must name who signs the cluster's certificates."));

    public ValidateOptionsResult Validate(string? name, RedisClusteringOptions options) =>
        All((options.ConfigurationOptions is { EndPoints.Count: > 0 }, "RedisClusteringOptions.ConfigurationOptions must name a Redis server."));

    private static ValidateOptionsResult All(params (bool Kept, string Problem)[] rules)
    {
        var problems = rules.Where(rule => !rule.Kept).Select(rule => rule.Problem).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
