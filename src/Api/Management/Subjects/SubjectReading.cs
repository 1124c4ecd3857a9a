using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Gateway.Abstractions.Limits;
using Gateway.Api.Admission.Rows;
using Gateway.Api.Admission.Stocks;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Errors;
using Gateway.Api.Http;
using Gateway.Storage.Limits;

namespace Gateway.Api.Management.Subjects;

/// <summary><c>GET /admin/subjects</c> and what is below it. A list asks no grain; one subject asks its own.</summary>
internal sealed class SubjectReading(LimitsSnapshot snapshot, ILimitStore store, StockDirectory stocks, GrainReads reads, IGrainFactory grains, SubjectNames names, TimeProvider time)
{
    public async Task ListAsync(HttpContext context)
    {
        if (Paging.Read(context.Request.Query, out var limit, out var cursor, LimitSubjects.MaxLength) is { } wrong)
        {
            await ErrorWriter.WriteAsync(context, wrong);
            return;
        }

        var page = snapshot.Subjects.Where(subject => cursor is null || string.CompareOrdinal(subject, cursor) > 0).Order(StringComparer.Ordinal).Take(limit + 1).ToList();
        var hasMore = page.Count > limit;
        page = hasMore ? page[..limit] : page;
        var next = hasMore ? page[^1] : null;

        // The other name is that of earlier versions.
        await new JsonAnswer(new { Data = page.Select(Row), HasMore = hasMore, Cursor = next, NextCursor = next }).ExecuteAsync(context);
    }

    public async Task GetAsync(HttpContext context, SubjectPath path)
    {
        if (path.Part == "raise" || LimitSubjects.Parse(names, path.Subject) is not { } subject)
        {
            await ErrorWriter.WriteAsync(context, path.Part == "raise" ? SubjectErrors.NoRoute() : SubjectErrors.BadSubject());
        }
        else if (path.Part == "limits")
        {
            await WriteLimitsAsync(context, subject);
        }
        else
        {
            await new JsonAnswer(await DescribeAsync(subject, context.RequestAborted)).ExecuteAsync(context);
        }
    }

    private async Task WriteLimitsAsync(HttpContext context, string subject)
    {
        if (await store.FindAsync(subject, context.RequestAborted) is { Body: { } body } record)
        {
            context.Response.Headers.ETag = LimitETag.Of(record);
            await ManagementResponse.WriteJsonAsync(context, StatusCodes.Status200OK, Encoding.UTF8.GetBytes(body));
        }
        else if (snapshot.FromSettings.TryGetValue(subject, out var configured))
        {
            await ManagementResponse.WriteJsonAsync(context, StatusCodes.Status200OK, Encoding.UTF8.GetBytes(LimitDocumentWriter.Write(configured)));
        }
        else
        {
            await ErrorWriter.WriteAsync(context, SubjectErrors.NoLimits());
        }
    }

    private SubjectJson Row(string subject)
    {
        var effective = snapshot.Find(subject, time.GetUtcNow());
        var windows = ImmutableArray.CreateBuilder<WindowJson>();
        if (effective.Fields is { } fields && stocks.FindSubject(subject) is { } stock)
        {
            foreach (var window in fields.ToSubjectLimits(effective.Version).Windows)
            {
                if (stock.TryDescribe(window.Id, out var state, out _, out _))
                {
                    windows.Add(WindowJson.Of(window, state!));
                }
            }
        }

        return new SubjectJson
        {
            Subject = LimitSubjects.Show(names, subject),
            Limits = Written(subject),
            Source = Source(effective.Source),
            Version = effective.Version,
            Windows = windows.ToImmutable(),
        };
    }

    private async Task<SubjectDetailJson> DescribeAsync(string subject, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var own = snapshot.Find(subject, now);
        var common = own.Fields is null && subject.StartsWith(SubjectNames.User, StringComparison.Ordinal) ? snapshot.Find(LimitSubjects.EveryUser, now) : default;
        var fields = own.Fields ?? common.Fields;
        var version = Math.Max(own.Version, common.Version);
        var limits = fields?.ToSubjectLimits(version);

        // Limits for many are counted for each of them.
        var isCounted = fields is { IsCounted: true } && !subject.StartsWith("default:", StringComparison.Ordinal);
        var owner = isCounted ? await reads.TryAsync(() => grains.GetGrain<ISubjectGrain>(subject).Describe(limits!), cancellationToken) : null;
        return new SubjectDetailJson
        {
            Subject = LimitSubjects.Show(names, subject),
            Limits = Written(subject),
            Source = own.Fields is null && common.Fields is not null ? LimitSubjects.EveryUser : Source(own.Source),
            Version = version,
            Windows = owner is null ? [] : Windows(limits!, owner.Windows),
            Concurrency = limits?.Concurrency is { } most && owner is not null ? new ConcurrencyJson(most, owner.PermitsOut) : null,
            Leases = owner is null ? [] : [.. owner.Sessions.Select(session => new LeaseJson(session.Session, session.Permits, session.Reserved.ToImmutableDictionary(held => held.WindowId, held => held.Amount)))],
            Epoch = owner?.Epoch,
            ActivatedAt = owner?.ActivatedAt.UtcDateTime,
            AsOf = now.UtcDateTime,
            Unavailable = isCounted && owner is null ? [LimitSubjects.Show(names, subject)] : [],
        };
    }

    internal static ImmutableArray<WindowJson> Windows(SubjectLimits limits, ImmutableArray<WindowState> states) =>
    [
        .. from state in states
           let window = limits.Windows.FirstOrDefault(window => window.Id == state.WindowId)
           where window is not null
           select WindowJson.Of(window, state),
    ];

    private JsonElement? Written(string subject) =>
        snapshot.FindDocument(subject) is { } document ? JsonSerializer.Deserialize<JsonElement>(LimitDocumentWriter.Write(document)) : null;

    private static string? Source(LimitSource source) => source == LimitSource.None ? null : source.ToString().ToLowerInvariant();
}
