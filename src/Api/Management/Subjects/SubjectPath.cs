using Gateway.Api.Http;

namespace Gateway.Api.Management.Subjects;

/// <summary>What stands behind <c>/admin/subjects/</c>.</summary>
/// <param name="Subject">As the operator wrote it.</param>
/// <param name="Part">Empty, <c>limits</c> or <c>raise</c>.</param>
internal sealed record SubjectPath(string Subject, string Part)
{
    /// <param name="path">An escaped slash is still escaped, a plain one is not.</param>
    public static SubjectPath Parse(HttpContext context, string path)
    {
        foreach (var part in (ReadOnlySpan<string>)["limits", "raise"])
        {
            if (path.Length > part.Length + 1 && path.EndsWith(part, StringComparison.Ordinal) && path[^(part.Length + 1)] == '/')
            {
                return new SubjectPath(ReadRoutes.Unescaped(context, path[..^(part.Length + 1)]), part);
            }
        }

        return new SubjectPath(ReadRoutes.Unescaped(context, path), "");
    }
}
