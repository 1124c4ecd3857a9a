using System.Text;
using System.Text.Json;
using Gateway.Abstractions.Limits;
using Gateway.Api.Admission.Rows;
using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Errors;
using Gateway.Api.Management.Keys;
using Gateway.Silo.Settings;
using Gateway.Storage.Audit;
using Gateway.Storage.Limits;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Management.Subjects;

/// <summary><c>PUT</c> and <c>DELETE …/limits</c>, <c>POST …/raise</c>. What is answered is in force here, and on every node in contact within a second.</summary>
internal sealed class LimitWriting(ILimitStore store, LimitsSnapshot snapshot, LimitsBroadcast broadcast, SubjectNames names, IOptions<IdentityOptions> identity, TimeProvider time)
{
    private delegate T? BodyReader<T>(JsonElement body, out LimitProblem? problem);

    public async Task PutAsync(HttpContext context, SubjectPath path)
    {
        if (await ReadAsync<LimitDocument>(context, path, "limits", LimitDocumentReader.Read) is { } change)
        {
            await SaveAsync(context, change.Subject, change.Body, change.Expected, "limits.set");
        }
    }

    public async Task DeleteAsync(HttpContext context, SubjectPath path)
    {
        if (Check(context, path, "limits", out var subject, out var expected) is { } error)
        {
            await ErrorWriter.WriteAsync(context, error);
            return;
        }

        var audit = new AuditEntry(context.GetCaller()!.Subject, "limits.delete", subject);
        var deletion = await store.DeleteAsync(subject, expected, audit, context.RequestAborted);
        if (deletion.Outcome != LimitDeletionOutcome.Deleted)
        {
            await ErrorWriter.WriteAsync(context, deletion.Outcome == LimitDeletionOutcome.NotFound ? SubjectErrors.NoLimits() : SubjectErrors.Changed());
            return;
        }

        await snapshot.RefreshAsync(deletion.Version, context.RequestAborted);
        await broadcast.AnnounceAsync(deletion.Version);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Body: <c>{"usd" or "tokens", "window", "until"}</c>, of a budget that there is.</summary>
    public async Task RaiseAsync(HttpContext context, SubjectPath path)
    {
        if (await ReadAsync<BudgetRaise>(context, path, "raise", BudgetRaise.Read) is not { } change)
        {
            return;
        }

        var current = await store.FindAsync(change.Subject, context.RequestAborted);
        var document = current?.Body is null ? null : LimitDocumentReader.Read(current.Body);
        if (document is null || change.Body.ApplyTo(document, time.GetUtcNow()) is not { } raised)
        {
            await ErrorWriter.WriteAsync(context, SubjectErrors.NoBudget());
            return;
        }

        await SaveAsync(context, change.Subject, raised, change.Expected is null or ILimitStore.SomeVersion ? current!.Version : change.Expected, "limits.raise");
    }

    /// <summary>Null: it was refused, and the caller was told.</summary>
    private async Task<Change<T>?> ReadAsync<T>(HttpContext context, SubjectPath path, string part, BodyReader<T> reader)
        where T : class
    {
        var error = Check(context, path, part, out var subject, out var expected);
        LimitProblem? problem = null;
        T? body = null;
        if (error is null)
        {
            var read = await ManagementBody.ReadAsync(context);
            error = read.Error;
            body = error is null ? reader(read.Body!.Value, out problem) : null;
        }

        if (body is null)
        {
            await ErrorWriter.WriteAsync(context, error ?? SubjectErrors.Wrong(problem!));
            return null;
        }

        return new Change<T>(subject, expected, body);
    }

    private async Task SaveAsync(HttpContext context, string subject, LimitDocument document, long? expected, string action)
    {
        var actor = context.GetCaller()!.Subject;
        var record = new LimitRecord
        {
            Subject = subject,
            Body = LimitDocumentWriter.Write(document),
            EffectiveFrom = document.From,
            EffectiveTo = document.To,
            Issuer = identity.Value.DefaultIssuer,
            ChangedBy = actor,
        };
        if (await store.PutAsync(record, expected, new AuditEntry(actor, action, subject), context.RequestAborted) is not { } written)
        {
            await ErrorWriter.WriteAsync(context, SubjectErrors.Changed());
            return;
        }

        snapshot.Apply(written);
        await broadcast.AnnounceAsync(written.Version);
        context.Response.Headers.ETag = LimitETag.Of(written);
        await ManagementResponse.WriteJsonAsync(context, StatusCodes.Status200OK, Encoding.UTF8.GetBytes(written.Body!));
    }

    private GatewayError? Check(HttpContext context, SubjectPath path, string part, out string subject, out long? expected)
    {
        subject = LimitSubjects.Parse(names, path.Subject) ?? "";
        var isUnderstood = LimitETag.TryRead(context.Request, out expected);
        return path.Part != part ? SubjectErrors.NoRoute()
            : subject.Length == 0 ? SubjectErrors.BadSubject()
            : isUnderstood ? null
            : SubjectErrors.BadCondition();
    }

    private sealed record Change<T>(string Subject, long? Expected, T Body);
}
