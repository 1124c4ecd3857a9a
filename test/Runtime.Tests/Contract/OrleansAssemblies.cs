using System.Reflection;

namespace Gateway.Runtime.Tests.Contract;

/// <summary>The genuine assemblies, which the build downloads without referencing them.</summary>
internal static class OrleansAssemblies
{
    public static string CoreAbstractions => PathOf("OrleansCoreAbstractions");

    public static string TestingHost => PathOf("OrleansTestingHost");

    private static string PathOf(string name) => typeof(OrleansAssemblies).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == name).Value!;
}
