using Gateway.Silo.DataDirectories;
using Gateway.Storage.Keys;

namespace Gateway.Api.Demo;

/// <summary>The text of the demo's API key, kept in the data directory so that the printed commands stay true over restarts.</summary>
internal static class DemoKey
{
    public static string? Find(DataDirectory data) => data.ReadDemoKey() is { } text && ApiKeyText.IsWellFormed(text) ? text : null;

    public static string Create(DataDirectory data)
    {
        var text = ApiKeyText.Create();
        data.WriteDemoKey(text);
        return text;
    }

    public static void Remove(DataDirectory data) => data.RemoveDemoKey();
}
