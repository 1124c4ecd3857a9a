using Gateway.Silo.DataDirectories;
using Gateway.Storage.Audit;
using Gateway.Storage.Keys;

namespace Gateway.Api.Demo;

/// <summary>The text of the demo's API key, kept in the data directory so that the printed commands stay true over restarts.</summary>
internal static class DemoKey
{
    /// <summary>Who makes and revokes it in the audit log.</summary>
    public const string Actor = "demo";

    public static string? Find(DataDirectory data) => data.ReadDemoKey() is { } text && ApiKeyText.IsWellFormed(text) ? text : null;

    public static string Create(DataDirectory data)
    {
        var text = ApiKeyText.Create();
        data.WriteDemoKey(text);
        return text;
    }

    public static void Remove(DataDirectory data) => data.RemoveDemoKey();

    public static AuditEntry Audit(string action, string id) => new(Actor, action, $"key:{id}");
}
