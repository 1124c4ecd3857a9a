using Gateway.Grains.Manifests.Parsing;
using Microsoft.Extensions.Options;

namespace Gateway.Grains.Manifests;

/// <summary>Stops the start with one line per wrong setting.</summary>
internal sealed class ManifestOptionsValidator : IValidateOptions<ManifestOptions>
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    public ValidateOptionsResult Validate(string? name, ManifestOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(ManifestOptions options)
    {
        if (options.Sources.IsDefaultOrEmpty)
        {
            yield return "METIS_STATUS_URL: at least one manifest address is needed.";
            yield break;
        }

        foreach (var source in options.Sources)
        {
            if (!PrintableText.IsName(source.Name, 64))
            {
                yield return "METIS_STATUS_URL: the name in front of '=' must be 1 to 64 characters.";
            }

            var location = source.Location;
            if (!location.IsAbsoluteUri || !(location.IsFile || location.Scheme == Uri.UriSchemeHttp || location.Scheme == Uri.UriSchemeHttps))
            {
                yield return "METIS_STATUS_URL: an address must be http://, https:// or a file.";
            }
            else if (location.UserInfo.Length > 0)
            {
                yield return "METIS_STATUS_URL: user:password@ must have been turned into an authorization.";
            }
        }

        if (options.Sources.DistinctBy(source => source.Name, StringComparer.Ordinal).Count() < options.Sources.Length)
        {
            yield return "METIS_STATUS_URL: two addresses have the same name.";
        }

        if (options.OverlayPath is { } path && !Path.IsPathFullyQualified(path))
        {
            yield return "METIS_OVERLAY: the path must be absolute.";
        }

        if (options.RefreshPeriod < TimeSpan.FromSeconds(1) || options.RefreshPeriod > Longest)
        {
            yield return "METIS_REFRESH_SECONDS: must be from 1 to 86400.";
        }

        if (options.FetchTimeout <= TimeSpan.Zero || options.FetchTimeout > TimeSpan.FromMinutes(5))
        {
            yield return "METIS_TIMEOUT_SECONDS: must be more than 0 and at most 300.";
        }

        if (!GroupNames.IsIssuerAlias(options.DefaultIssuer))
        {
            yield return "GATEWAY_DEFAULT_ISSUER: may hold only lower-case letters, digits and '-'.";
        }
    }
}
