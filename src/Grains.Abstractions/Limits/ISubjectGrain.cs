using Orleans.Concurrency;

namespace Gateway.Abstractions.Limits;

/// <summary>Owns what one subject has used and holds. Key: the qualified subject, such as <c>user:local/alice</c>.</summary>
[Alias("ISubjectGrain")]
public interface ISubjectGrain : IGrainWithStringKey
{
    /// <summary>Idempotent by session and call number. Calls that need a write share one.</summary>
    [AlwaysInterleave, Alias("Acquire")]
    Task<AcquireAnswer> Acquire(AcquireCall call);

    /// <summary>Idempotent. Gives back what the session does not hold any more.</summary>
    [AlwaysInterleave, Alias("Report")]
    Task<ReportAnswer> Report(SessionReport report, SubjectLimits limits);

    [AlwaysInterleave, Alias("Describe")]
    Task<QuotaDescription> Describe(SubjectLimits limits);
}
