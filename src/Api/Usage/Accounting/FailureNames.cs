using System.Text.Json;
using Gateway.Abstractions.Endpoints;

namespace Gateway.Api.Usage.Accounting;

/// <summary>Causes of failed attempts as records name them.</summary>
internal static class FailureNames
{
    private static readonly string[] Names = [.. Enum.GetValues<UpstreamFailure>().Order().Select(failure => JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.ToString()))];

    public static string Of(UpstreamFailure failure) => Names[(int)failure];
}
