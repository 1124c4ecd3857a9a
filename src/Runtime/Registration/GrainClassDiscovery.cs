using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Orleans.Runtime.Registration;

/// <summary>
/// Finds the grain classes of a process: concrete classes that implement a grain interface, in every assembly beside the application
/// that references the engine. Compilers drop unused references, so that following references alone would miss some.
/// </summary>
internal static class GrainClassDiscovery
{
    private static readonly string Engine = typeof(IGrain).Assembly.GetName().Name!;
    private static readonly Lazy<IReadOnlyList<Type>> Found = new(() => [.. Assemblies().SelectMany(assembly => assembly.GetTypes()).Where(IsGrainClass)]);

    public static IReadOnlyList<Type> Classes => Found.Value;

    public static bool IsGrainClass(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
        && GrainRegistry.GrainInterfacesOf(type).Any()
        && !typeof(Calls.GrainReferenceProxy).IsAssignableFrom(type);

    private static IEnumerable<Assembly> Assemblies()
    {
        var loaded = AppDomain.CurrentDomain.GetAssemblies().Where(assembly => !assembly.IsDynamic && ReferencesEngine(assembly));
        return loaded.Append(typeof(IGrain).Assembly).Concat(AssembliesBesideApplication()).Distinct();
    }

    private static bool ReferencesEngine(Assembly assembly) => assembly.GetReferencedAssemblies().Any(reference => reference.Name == Engine);

    private static IEnumerable<Assembly> AssembliesBesideApplication()
    {
        var platform = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        return platform.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(path => path.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal) && ReferencesEngine(path))
            .Select(path => Assembly.Load(Path.GetFileNameWithoutExtension(path)));
    }

    private static bool ReferencesEngine(string path)
    {
        using var file = File.OpenRead(path);
        using var portable = new PEReader(file);
        if (!portable.HasMetadata)
        {
            return false;
        }

        var reader = portable.GetMetadataReader();
        return reader.AssemblyReferences.Any(reference => reader.StringComparer.Equals(reader.GetAssemblyReference(reference).Name, Engine));
    }
}
