using System.Runtime.InteropServices;
using Gateway.Api.Admission.Subjects;
using Gateway.Api.Routing;

namespace Gateway.Api.Admission;

/// <summary>What admission has to know of a request.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AdmissionRequest
{
    /// <summary>From <see cref="AdmissionController.Resolve"/>.</summary>
    public required CallerLimits Limits { get; init; }

    /// <summary>The caller's subject, which takes turns with others where requests have to wait.</summary>
    public required string Subject { get; init; }

    public required AdmissionEstimate Estimate { get; init; }

    public required UsableRoute Route { get; init; }

    /// <summary>Asked only where an entry of the route has a bound of requests in flight.</summary>
    public required IEntryChooser Entries { get; init; }
}

/// <summary>Exactly one of the first two is set, or neither: then no entry can be chosen, and <paramref name="Choice"/> says why.</summary>
/// <param name="Choice">Of an entry whose permit the admission holds; null: routing is free to choose.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AdmissionOutcome(AdmittedRequest? Admission, Errors.GatewayError? Error, RouteChoice? Choice);
