using System.Xml.Linq;

namespace Gateway.Infra.Docker;

/// <summary>What a restore of a project reads, found in the project files whatever their conditions.</summary>
internal static class ProjectGraph
{
    /// <summary>The project, all that it refers to, and the files that these import; paths in the repository.</summary>
    public static IReadOnlySet<string> FilesOf(string project)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        Visit(project, found);
        return found;
    }

    private static void Visit(string path, SortedSet<string> found)
    {
        if (!found.Add(path))
        {
            return;
        }

        var content = XDocument.Load(InfraFiles.PathOf(path));
        var named = content.Descendants("ProjectReference").Select(element => element.Attribute("Include")!.Value)
            .Concat(content.Descendants("Import").Select(element => element.Attribute("Project")!.Value));
        var folder = Path.GetDirectoryName(InfraFiles.PathOf(path))! + Path.DirectorySeparatorChar;
        foreach (var reference in named)
        {
            var absolute = Path.GetFullPath(reference.Replace("$(MSBuildThisFileDirectory)", folder, StringComparison.Ordinal), folder);
            Visit(Path.GetRelativePath(RepositoryRoot.Path, absolute), found);
        }
    }
}
