using Gateway.Abstractions.Limits;

namespace Gateway.Api.Admission.Stocks;

/// <summary>The grain behind a stock; subjects and accounts have the same calls.</summary>
internal interface IQuotaOwner
{
    Task<AcquireAnswer> AcquireAsync(AcquireCall call);

    Task<ReportAnswer> ReportAsync(SessionReport report, SubjectLimits limits);

    Task<QuotaDescription> DescribeAsync(SubjectLimits limits);
}

internal sealed class SubjectOwner(ISubjectGrain grain) : IQuotaOwner
{
    public Task<AcquireAnswer> AcquireAsync(AcquireCall call) => grain.Acquire(call);

    public Task<ReportAnswer> ReportAsync(SessionReport report, SubjectLimits limits) => grain.Report(report, limits);

    public Task<QuotaDescription> DescribeAsync(SubjectLimits limits) => grain.Describe(limits);
}

internal sealed class AccountOwner(IAccountGrain grain) : IQuotaOwner
{
    public Task<AcquireAnswer> AcquireAsync(AcquireCall call) => grain.Acquire(call);

    public Task<ReportAnswer> ReportAsync(SessionReport report, SubjectLimits limits) => grain.Report(report, limits);

    public Task<QuotaDescription> DescribeAsync(SubjectLimits limits) => grain.Describe(limits);
}
