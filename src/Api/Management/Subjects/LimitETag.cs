using System.Globalization;
using Gateway.Storage.Limits;

namespace Gateway.Api.Management.Subjects;

/// <summary>The version of limits as an ETag, and conditions on it.</summary>
internal static class LimitETag
{
    public static string Of(LimitRecord record) => string.Create(CultureInfo.InvariantCulture, $"\"{record.Version}\"");

    /// <summary>False: the headers cannot be understood.</summary>
    /// <param name="version">Null: whatever it is; 0: there must be no limits yet; <see cref="ILimitStore.SomeVersion"/>: there must be some.</param>
    public static bool TryRead(HttpRequest request, out long? version)
    {
        version = null;
        var none = request.Headers.IfNoneMatch.ToString();
        var match = request.Headers.IfMatch.ToString();
        if (none.Length > 0)
        {
            version = 0;
            return none == "*" && match.Length == 0;
        }

        if (match.Length == 0)
        {
            return true;
        }

        if (match == "*")
        {
            version = ILimitStore.SomeVersion;
            return true;
        }

        if (match is not ['"', .., '"'] || !long.TryParse(match.AsSpan(1, match.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var expected))
        {
            return false;
        }

        version = expected;
        return true;
    }
}
