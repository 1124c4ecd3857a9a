using System.Collections.Immutable;
using System.Net;
using Gateway.Abstractions.Manifests;
using Gateway.Fuzz.Oracles;
using Gateway.Grains.Manifests;
using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Manifests.Parsing;
using Gateway.Grains.Manifests.State;
using Gateway.Grains.Network;
using Gateway.Testing.Fuzzing.Manifests;

namespace Gateway.Fuzz.Cases;

/// <summary>A manifest and an overlay, read and put together as the manifest's grain does it; what is accepted must keep every bound.</summary>
internal static class ManifestCase
{
    public const string Prefix = "fz-";

    private static readonly IProviderKeys Keys = new OneAccount();
    private static readonly Dictionary<string, ImmutableArray<IPAddress>> Addresses = [];

    public static Verdict Run(FuzzRandom random)
    {
        var manifest = ManifestTexts.Manifest(random, Prefix);
        var overlay = random.OneIn(2) ? ManifestTexts.Overlay(random, Prefix) : "{}"u8.ToArray();
        try
        {
            return Judge(manifest, overlay);
        }
        catch (Exception failure)
        {
            return new Verdict("manifest crashed", false, $"Reading a manifest failed: {failure}");
        }
    }

    private static Verdict Judge(byte[] manifest, byte[] overlay)
    {
        var parsed = ManifestParser.Parse(manifest, "metis");
        var over = OverlayParser.Parse(overlay);
        if (parsed.Error is not null)
        {
            return new Verdict("manifest unreadable", false, parsed.Entries.IsEmpty && parsed.Error.Length > 0 ? null : "A broken manifest has entries.");
        }

        var copy = new SourceCopy { Source = "metis", Location = "status.json", FetchedAt = DateTimeOffset.UnixEpoch, Entries = parsed.Entries, Rejected = parsed.Rejected };
        var made = ManifestAssembler.Assemble(new AssemblyInput(
            [new SourceCopies("metis", copy, null)], over.Error is null ? over.Entries : null, [], Keys, new AddressPolicy(allowPrivate: false), Addresses, "local"));
        var problem = made.Entries.Select(entry => Problem(entry, over)).FirstOrDefault(found => found is not null)
            ?? (made.Rejected.Any(item => string.IsNullOrEmpty(item.Reason) || string.IsNullOrEmpty(item.Detail)) ? "A rejection has no reason." : null)
            ?? (over.Error is not null && !made.Entries.IsEmpty ? "An overlay that cannot be read lets entries in." : null);
        return new Verdict(made.Entries.IsEmpty ? "manifest with rejections only" : "manifest in force", true, problem);
    }

    private static string? Problem(ManifestEntry entry, ParsedOverlay overlay)
    {
        var url = new Uri(entry.Url);
        var narrowed = overlay.Entries.GetValueOrDefault(entry.Id)?.AllowedGroups;
        return url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0 || url.Fragment.Length > 0 ? $"The URL {entry.Url} was accepted."
            : url.Host is "169.254.169.254" or "127.0.0.1" or "0x7f.1" or "[::1]" ? $"The address {url.Host} was accepted."
            : entry.Experts.IsEmpty || entry.Experts.Any(string.IsNullOrWhiteSpace) ? "An entry without proper models was accepted."
            : entry.EndpointId != "account" && entry.Auth is not UpstreamAuth.None ? "An entry without a key was accepted."
            : entry.Weight is < 1 or > 100 || entry.Priority is < -1_000 or > 1_000 || entry.MaxOutputTokens < 1 || entry.ContextWindow < 1 ? "A number is out of its bounds."
            : entry.Timeouts.Connect <= TimeSpan.Zero || entry.Timeouts.Total <= TimeSpan.Zero ? "A timeout is none."
            : entry.Headers.Keys.Any(name => name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)) ? "A header of an entry is a credential."
            : narrowed is { } groups && (entry.AllowedGroups is not { } allowed || allowed.Length > groups.Length) ? "The overlay's groups were widened."
            : null;
    }

    private sealed class OneAccount : IProviderKeys
    {
        public long Version => 1;

        public ProviderKeyInfo? Find(string endpointId) => endpointId == "account" ? new ProviderKeyInfo([]) : null;
    }
}
