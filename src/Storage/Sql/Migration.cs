using System.Globalization;
using System.Reflection;

namespace Gateway.Storage.Sql;

/// <summary>One numbered script, <c>Migrations/&lt;dialect&gt;/0001_name.sql</c>, embedded in this assembly.</summary>
internal sealed record Migration(int Version, string Name, string Script)
{
    /// <summary>In order; numbers start at 1 and have no gap.</summary>
    public static IReadOnlyList<Migration> Load(string dialect)
    {
        var assembly = typeof(Migration).Assembly;
        var folder = $"Gateway.Storage.Sql.Migrations.{dialect}.";
        var migrations = assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(folder, StringComparison.Ordinal) && resource.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(resource => Read(assembly, resource, resource[folder.Length..^".sql".Length]))
            .ToList();

        for (var i = 0; i < migrations.Count; i++)
        {
            if (migrations[i].Version != i + 1)
            {
                throw new InvalidOperationException($"Migration {migrations[i].Name} of {dialect} should have number {i + 1}.");
            }
        }

        return migrations;
    }

    private static Migration Read(Assembly assembly, string resource, string name)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return new Migration(int.Parse(name[..name.IndexOf('_', StringComparison.Ordinal)], CultureInfo.InvariantCulture), name, reader.ReadToEnd());
    }
}
