using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gateway.Storage.Ledger.Writing;

/// <summary>What sums are kept by; absent texts are empty.</summary>
/// <param name="Groups">The caller's, ordered, as a JSON array; <see cref="NoGroups"/> if there are none.</param>
internal readonly record struct UsageDimensions(string Groups, string User, string Key, string Project, string Model, string Endpoint, int Status)
{
    /// <summary>Group of the rows that count every record once.</summary>
    public const string AllGroups = "*";

    /// <summary>One group without a name, so that who is in none is found when usage is told apart by group.</summary>
    public const string NoGroups = """[""]""";

    private const int IdBytes = 16;

    public static UsageDimensions Of(UsageRecord record) =>
        new(GroupsOf(record), record.User ?? "", record.Key ?? "", record.Project ?? "", record.Model, record.Endpoint ?? "", record.Status);

    /// <summary>Short where the texts are long, so that the tables' keys stay small. Lengths keep texts apart.</summary>
    public byte[] ComputeId()
    {
        var text = $"{Groups.Length}:{Groups}{User.Length}:{User}{Key.Length}:{Key}{Project.Length}:{Project}{Model.Length}:{Model}{Endpoint.Length}:{Endpoint}{Status}";
        return SHA256.HashData(Encoding.UTF8.GetBytes(text))[..IdBytes];
    }

    private static string GroupsOf(UsageRecord record) =>
        record.Groups.IsDefaultOrEmpty ? NoGroups : JsonSerializer.Serialize(record.Groups.Length == 1 ? record.Groups : record.Groups.Sort(StringComparer.Ordinal), RecordColumns.Json);
}
