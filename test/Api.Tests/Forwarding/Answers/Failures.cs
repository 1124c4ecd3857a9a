using System.Text;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Forwarding.Attempts;
using Gateway.Api.Routing;
using Gateway.Api.Tests.Forwarding.Rig;

namespace Gateway.Api.Tests.Forwarding.Answers;

/// <summary>Failed attempts made by hand.</summary>
internal static class Failures
{
    public static FailedAttempt Of(UpstreamFailure failure, int? status = null, string body = "", double? retryAfter = null) => new(failure, Candidate())
    {
        Status = status,
        Body = Encoding.UTF8.GetBytes(body),
        RetryAfter = retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };

    public static RouteCandidate Candidate(bool retryUnary = false, string key = "sk-secret") => new()
    {
        Entry = Entries.At("http://upstream.test/v1") with { RetryUnary = retryUnary },
        Model = "m", Endpoint = new EndpointState { Id = "a" },
        Target = new UpstreamTarget
        {
            Origin = new Uri("http://upstream.test"),
            Addresses = [],
            Headers = [],
            KeyFingerprint = null,
            CarriesSecret = false,
            Secrets = [key, "upstream.test"],
            Keys = [key],
        },
        Serves = true,
    };
}
