using System.Collections.Immutable;
using System.Net;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests;
using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Manifests.Fetching;
using Gateway.Grains.Manifests.Sources;
using Gateway.Silo.DataDirectories;
using Gateway.Silo.Settings;
using Gateway.Silo.Settings.Readers;
using Gateway.Silo.Settings.Models;
using Gateway.Silo.Upstreams;
using Microsoft.Extensions.Options;

namespace Gateway.Silo.Checking;

/// <summary>
/// Fetches the manifests once and judges every entry exactly as a running gateway would at its first start: (1) read the overlay,
/// (2) fetch every source, (3) assemble, (4) compare the keys and the fallback chains with the entries.
/// </summary>
public static class ManifestCheck
{
    public static async Task<ImmutableArray<CheckLine>> RunAsync(GatewaySettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        if (settings.Manifest.Sources.IsEmpty)
        {
            return [NoManifest(settings)];
        }

        var catalog = new ManifestCatalog(Options.Create(settings.Manifest), settings.Credentials, time, new OutboundProxy(settings.Proxy));
        if (catalog.Overlay is { } overlay)
        {
            await overlay.LookAsync(cancellationToken);
        }

        var hosts = new HostResolver(Dns.GetHostAddressesAsync, time);
        foreach (var source in catalog.Sources)
        {
            source.Take(await source.LookAsync(hosts, cancellationToken), time.GetUtcNow());
        }

        var assembled = catalog.Assemble();
        return [.. Sources(catalog), .. Entries(assembled), .. Notes(settings.Credentials, assembled, catalog), .. Chains(settings.Models.Chains, assembled)];
    }

    private static CheckLine NoManifest(GatewaySettings settings) => settings is { DemoAllowed: true, Cluster.IsClusterMode: false }
        ? DataDirectory.HeldManifestIn(settings.DataDirectory)
            ? new CheckLine(CheckVerdict.Wrong, "METIS_STATUS_URL", $"is not set, but {settings.DataDirectory} has served a manifest before; set it again, or set DATA_DIR to a new folder for the demo")
            : new CheckLine(CheckVerdict.Note, "METIS_STATUS_URL", "is not set; a new data directory would serve the demo")
        : new CheckLine(CheckVerdict.Wrong, "METIS_STATUS_URL", "is not set, and there is no demo with GATEWAY_DEMO=off or REDIS_URL; set it to the address or path of your status manifest");

    private static IEnumerable<CheckLine> Sources(ManifestCatalog catalog) => catalog.Describe().Select(source => source.LastError is { } error
        ? new CheckLine(CheckVerdict.Wrong, $"manifest {source.Name}", $"{source.Location}: {error}")
        : new CheckLine(CheckVerdict.Ok, $"manifest {source.Name}", source.Location));

    private static IEnumerable<CheckLine> Entries(AssembledManifest assembled)
    {
        foreach (var entry in assembled.Entries)
        {
            yield return entry.Status == EntryStatus.Live
                ? new CheckLine(CheckVerdict.Ok, entry.Id, $"serves {string.Join(", ", entry.Experts)} at {Origin.Of(entry.Url)}")
                : new CheckLine(CheckVerdict.Note, entry.Id, $"does not serve, its status is \"{entry.StatusText}\"");
        }

        foreach (var rejected in assembled.Rejected)
        {
            yield return new CheckLine(CheckVerdict.Wrong, rejected.Id, $"{rejected.Reason}: {rejected.Detail}");
        }
    }

    private static IEnumerable<CheckLine> Notes(ProviderCredentials credentials, AssembledManifest assembled, ManifestCatalog catalog)
    {
        var used = assembled.Entries.Select(entry => entry.EndpointId).ToHashSet(StringComparer.Ordinal);
        foreach (var (setting, ids) in ((string, IEnumerable<string>)[])[("METIS_API_TOKENS", credentials.WithKeys), ("METIS_API_HEADERS", credentials.WithHeaders)])
        {
            foreach (var id in ids.Where(id => !used.Contains(id)).Order(StringComparer.Ordinal))
            {
                yield return new CheckLine(CheckVerdict.Note, setting, $"\"{ProviderTokens.Shown(id)}\" is the endpoint_id of no accepted entry");
            }
        }

        foreach (var source in catalog.Sources)
        {
            foreach (var field in source.UnknownFields)
            {
                yield return new CheckLine(CheckVerdict.Note, $"manifest {source.Name}", $"{field} is no field of an entry and is ignored");
            }
        }

        foreach (var id in catalog.UnmatchedOverlay)
        {
            yield return new CheckLine(CheckVerdict.Note, "METIS_OVERLAY", $"\"{id}\" is the key of no manifest entry");
        }
    }

    private static IEnumerable<CheckLine> Chains(ModelChains chains, AssembledManifest assembled)
    {
        var listed = assembled.Entries.SelectMany(entry => entry.Experts).ToHashSet(StringComparer.Ordinal);
        return
            from chain in chains.ByName
            from model in chain.Value
            where !listed.Contains(model)
            select new CheckLine(CheckVerdict.Note, "GATEWAY_MODELS", $"\"{chain.Key}\" passes over \"{model}\", which no accepted entry lists among its experts");
    }
}

/// <param name="Subject">The setting, manifest or entry.</param>
public sealed record CheckLine(CheckVerdict Verdict, string Subject, string Text);

public enum CheckVerdict
{
    Ok,

    /// <summary>Worth knowing; the gateway serves as asked.</summary>
    Note,

    /// <summary>Something that the operator wants does not work.</summary>
    Wrong,
}
