namespace Gateway.Runtime.Tests.Contract;

/// <summary>The surface of Orleans assemblies that cannot be downloaded, as <c>type | fact</c> lines.</summary>
internal static class ContractFile
{
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Read(string path) => File.ReadLines(path)
        .Where(line => line.Length > 0 && !line.StartsWith('#'))
        .Select(line => line.Split(" | ", 2))
        .GroupBy(parts => parts[0], parts => parts[1])
        .ToDictionary(group => group.Key, IReadOnlySet<string> (group) => group.ToHashSet());
}
