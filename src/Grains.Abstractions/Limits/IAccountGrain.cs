using Orleans.Concurrency;

namespace Gateway.Abstractions.Limits;

/// <summary>Owns what is left of one provider account for the whole cluster. Key: the limit group.</summary>
[Alias("IAccountGrain")]
public interface IAccountGrain : IGrainWithStringKey
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
