using System.Collections.Immutable;
using Gateway.Abstractions.Limits;
using Gateway.Api.Admission.Subjects;
using Gateway.Api.Authentication;
using Gateway.Api.Errors;
using Gateway.Api.Management;
using Gateway.Api.Management.Subjects;

namespace Gateway.Api.SelfService;

/// <summary>What limits leave to a caller, of each subject that its requests are charged to.</summary>
internal sealed class MeLimits(SubjectResolver resolver, IGrainFactory grains, GrainReads reads)
{
    /// <param name="project">Value of the header <c>x-gateway-project</c>; null: it was not sent.</param>
    public async Task<(MeLimitsJson? Limits, GatewayError? Error)> ReadAsync(Caller caller, string? project, CancellationToken cancellationToken)
    {
        if (resolver.Resolve(caller, project, out var error) is not { } limits)
        {
            return (null, error);
        }

        var owners = await reads.TryAllAsync(limits.Counted, subject => grains.GetGrain<ISubjectGrain>(subject.Key).Describe(subject.Limits), cancellationToken);
        var windows = limits.Counted.SelectMany((subject, index) => owners[index] is { } owner
            ? SubjectReading.Windows(subject.Limits, owner.Windows).Select(window => MeWindowJson.Of(subject.Shown, window))
            : []).ToImmutableArray();
        return (
            new MeLimitsJson
            {
                Limits = [.. windows.Where(window => !window.IsBudget)],
                Budgets = [.. windows.Where(window => window.IsBudget)],
                Concurrency = Concurrency(limits, owners),
                MaxOutputTokens = limits.MaxOutputTokens,
                MaxBodyBytes = limits.MaxBodyBytes,
                Unavailable = [.. limits.Counted.Where((_, index) => owners[index] is null).Select(subject => subject.Shown)],
            },
            null);
    }

    private static ImmutableArray<MeConcurrencyJson> Concurrency(CallerLimits limits, QuotaDescription?[] owners) =>
    [
        .. limits.Counted.Select((subject, index) => subject.Limits.Concurrency is { } most && owners[index] is { } owner ? new MeConcurrencyJson(subject.Shown, most, owner.PermitsOut) : null).OfType<MeConcurrencyJson>(),
    ];
}
