using Gateway.Silo.Settings.Catalog;

namespace Gateway.Infra.Support;

/// <summary>The product's own catalogue judges every name that a deployment sets.</summary>
internal static class SettingNames
{
    // Of .NET and ASP.NET Core, not of the product.
    private static readonly string[] Platform = ["ASPNETCORE_HTTP_PORTS", "DOTNET_EnableDiagnostics", "DOTNET_NOLOGO"];

    public static SettingDefinition? Find(string environmentName) => SettingCatalog.Find(environmentName.Replace("__", ":", StringComparison.Ordinal));

    public static IEnumerable<string> Unknown(IEnumerable<string> environmentNames) =>
        environmentNames.Where(name => !Platform.Contains(name) && Find(name) is not { Support: SettingSupport.Supported });

    public static bool IsFileForm(string environmentName) => environmentName.EndsWith("_FILE", StringComparison.Ordinal) && Find(environmentName) is { Secret: true };

    public static int DrainSeconds => int.Parse(SettingCatalog.Get("Gateway:Drain:MaxSeconds").Default!, System.Globalization.CultureInfo.InvariantCulture);
}
