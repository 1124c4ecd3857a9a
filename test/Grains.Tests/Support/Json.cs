using System.Text;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Manifests.Parsing;
using Gateway.Grains.Manifests.State;

namespace Gateway.Grains.Tests.Support;

/// <summary>Manifest text for tests.</summary>
internal static class Json
{
    public static byte[] Utf8(string json) => Encoding.UTF8.GetBytes(json);

    /// <summary>One member of a manifest; <paramref name="more"/> are further fields.</summary>
    public static string Entry(
        string id, string endpointId = "acct", string url = "https://api.example.com/v1", string expert = "m", string status = "Live", string more = "") =>
        $$"""
        "{{id}}": {"status":"{{status}}","url":"{{url}}","endpoint_id":"{{endpointId}}","experts":["{{expert}}"]{{(more.Length > 0 ? "," + more : "")}}}
        """;

    public static string Manifest(params string[] entries) => "{" + string.Join(",", entries) + "}";

    public static ParsedManifest Parse(string json) => ManifestParser.Parse(Utf8(json), "metis");

    public static DraftEntry Draft(string id = "a", string more = "", string url = "https://api.example.com/v1", string endpointId = "acct") =>
        Parse(Manifest(Entry(id, endpointId, url, more: more))).Entries.Should().ContainSingle().Subject;

    public static ManifestEntry Assemble(string more = "", string url = "https://api.example.com/v1", EntryOptions? overlay = null) =>
        EntryAssembler.Assemble(Draft(more: more, url: url), overlay, "metis", "local");

    public static EntryOptions Overlay(string fields)
    {
        var overlay = OverlayParser.Parse(Utf8("{\"a\":{" + fields + "}}"));
        overlay.Error.Should().BeNull();
        return overlay.Entries["a"];
    }
}
