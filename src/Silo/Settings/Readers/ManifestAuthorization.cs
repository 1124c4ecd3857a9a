using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Grains.Manifests;

namespace Gateway.Silo.Settings.Readers;

/// <summary>
/// Gives <c>METIS_STATUS_AUTHORIZATION</c> to the manifests that it is meant for. One value goes to one host only; for several
/// hosts it is a JSON object of cluster name to value. User info in an address wins over it.
/// </summary>
internal static class ManifestAuthorization
{
    /// <returns>What is wrong, without the value; or null.</returns>
    public static string? TryApply(string? text, ImmutableArray<ManifestSource> sources, out ImmutableArray<ManifestSource> result)
    {
        result = sources;
        if (text is null)
        {
            return null;
        }

        if (text.StartsWith('{'))
        {
            return TryApplyByName(text, sources, out result);
        }

        if (!HeaderText.IsValue(text))
        {
            return "must be one line of printable ASCII, such as Bearer …";
        }

        if (sources.Where(IsHttp).Select(source => source.Location.GetLeftPart(UriPartial.Authority)).Distinct(StringComparer.Ordinal).Count() > 1)
        {
            return "would go to several hosts; give a JSON object of cluster name to value, or user:password@ in the addresses";
        }

        result = [.. sources.Select(source => IsHttp(source) ? With(source, text) : source)];
        return null;
    }

    private static string? TryApplyByName(string text, ImmutableArray<ManifestSource> sources, out ImmutableArray<ManifestSource> result)
    {
        result = sources;
        if (!JsonSetting.TryParseObject(text, out var document, out var error))
        {
            return error;
        }

        using (document)
        {
            foreach (var property in document.RootElement.EnumerateObject())
            {
                var index = result.Select(source => source.Name).ToList().IndexOf(property.Name);
                if (index < 0)
                {
                    return "names a cluster that METIS_STATUS_URL does not have";
                }

                if (property.Value.ValueKind != JsonValueKind.String || !HeaderText.IsValue(property.Value.GetString()!))
                {
                    return $"has a value for {property.Name} that is not one line of printable ASCII";
                }

                result = result.SetItem(index, With(result[index], property.Value.GetString()!));
            }
        }

        return null;
    }

    private static bool IsHttp(ManifestSource source) => !source.Location.IsFile;

    private static ManifestSource With(ManifestSource source, string value) => source.Authorization is null ? source with { Authorization = value } : source;
}
