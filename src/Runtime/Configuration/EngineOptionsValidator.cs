using Microsoft.Extensions.Options;

namespace Orleans.Configuration;

/// <summary>Refuses options that would make calls wait for ever, mailboxes unbounded, or live activations collected.</summary>
internal sealed class EngineOptionsValidator : IValidateOptions<SiloMessagingOptions>, IValidateOptions<GrainCollectionOptions>, IValidateOptions<EndpointOptions>
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

    private static ValidateOptionsResult All(params (bool Kept, string Problem)[] rules)
    {
        var problems = rules.Where(rule => !rule.Kept).Select(rule => rule.Problem).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
