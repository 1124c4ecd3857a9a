using System.Reflection;

namespace Gateway.Silo.Startup;

/// <summary>Name and version of the program.</summary>
public static class ProductInfo
{
    public const string Name = "Inference Gateway";

    /// <summary>Without the source revision that the build appends.</summary>
    public static string Version { get; } =
        typeof(ProductInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
