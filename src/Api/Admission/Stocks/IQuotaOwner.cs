using Gateway.Abstractions.Limits;

namespace Gateway.Api.Admission.Stocks;

/// <summary>The grain behind a stock; subjects and accounts have the same calls.</summary>
internal interface IQuotaOwner
{
    Task<AcquireAnswer> AcquireAsync(AcquireCall call);

    Task<ReportAnswer> ReportAsync(SessionReport report, SubjectLimits limits);

    Task<QuotaDescription> DescribeAsync(SubjectLimits limits);
}

internal sealed class SubjectOwner(IGrainFactory grains, string key) : IQuotaOwner
{
    // Not kept: a client that was made anew knows nothing of references of the one before.
    private ISubjectGrain Grain => grains.GetGrain<ISubjectGrain>(key);

    public Task<AcquireAnswer> AcquireAsync(AcquireCall call) => Grain.Acquire(call);

    public Task<ReportAnswer> ReportAsync(SessionReport report, SubjectLimits limits) => Grain.Report(report, limits);

    public Task<QuotaDescription> DescribeAsync(SubjectLimits limits) => Grain.Describe(limits);
}

internal sealed class AccountOwner(IGrainFactory grains, string key) : IQuotaOwner
{
    private IAccountGrain Grain => grains.GetGrain<IAccountGrain>(key);

    public Task<AcquireAnswer> AcquireAsync(AcquireCall call) => Grain.Acquire(call);

    public Task<ReportAnswer> ReportAsync(SessionReport report, SubjectLimits limits) => Grain.Report(report, limits);

    public Task<QuotaDescription> DescribeAsync(SubjectLimits limits) => Grain.Describe(limits);
}
