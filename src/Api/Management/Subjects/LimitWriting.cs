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
internal sealed class LimitWriting(ILimitStore store, LimitsSnapshot snapshot, LimitsBroadcast broadcast, SubjectNames names, IOptions<IdentityOptions> identity)
{
    public async Task PutAsync(HttpContext context, SubjectPath path)
    {
        if (path.Part != "limits")
        {
            await ErrorWriter.WriteAsync(context, SubjectErrors.NoRoute());
            return;
        }

        var read = await ManagementBody.ReadAsync(context);
        if (read.Error is not null || Check(context, path, out var subject, out var expected) is not null)
        {
            await ErrorWriter.WriteAsync(context, read.Error ?? Check(context, path, out _, out _)!);
            return;
        }

        if (LimitDocumentReader.Read(read.Body!.Value, out var problem) is not { } document)
        {
            await ErrorWriter.WriteAsync(context, SubjectErrors.Wrong(problem!));
            return;
        }

        await SaveAsync(context, subject, document, expected, "limits.set");
    }

    public async Task DeleteAsync(HttpContext context, SubjectPath path)
    {
        if (path.Part != "limits" || Check(context, path, out var subject, out var expected) is not null)
        {
            await ErrorWriter.WriteAsync(context, path.Part != "limits" ? SubjectErrors.NoRoute() : Check(context, path, out _, out _)!);
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
        if (path.Part != "raise")
        {
            await ErrorWriter.WriteAsync(context, SubjectErrors.NoRoute());
            return;
        }

        var read = await ManagementBody.ReadAsync(context);
        if (read.Error is not null || Check(context, path, out var subject, out var expected) is not null)
        {
            await ErrorWriter.WriteAsync(context, read.Error ?? Check(context, path, out _, out _)!);
            return;
        }

        if (BudgetRaise.Read(read.Body!.Value, out var problem) is not { } raise)
        {
            await ErrorWriter.WriteAsync(context, SubjectErrors.Wrong(problem!));
            return;
        }

        var current = await store.FindAsync(subject, context.RequestAborted);
        var document = current?.Body is null ? null : LimitDocumentReader.Read(current.Body);
        if (document is null || raise.ApplyTo(document) is not { } raised)
        {
            await ErrorWriter.WriteAsync(context, SubjectErrors.NoBudget());
            return;
        }

        await SaveAsync(context, subject, raised, expected ?? current!.Version, "limits.raise");
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

    private GatewayError? Check(HttpContext context, SubjectPath path, out string subject, out long? expected)
    {
        subject = LimitSubjects.Parse(names, path.Subject) ?? "";
        var isUnderstood = LimitETag.TryRead(context.Request, out expected);
        return subject.Length == 0 ? SubjectErrors.BadSubject() : isUnderstood ? null : SubjectErrors.BadCondition();
    }
}
