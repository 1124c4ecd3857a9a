using System.Security.Cryptography;
using System.Text;

namespace Gateway.Storage.Ledger.Writing;

/// <summary>What sums are kept by; absent texts are empty.</summary>
internal readonly record struct UsageDimensions(string Group, string User, string Key, string Project, string Model, string Endpoint, int Status)
{
    /// <summary>Group of the rows that count every record once.</summary>
    public const string AllGroups = "*";

    private const int IdBytes = 16;

    public static UsageDimensions Of(UsageRecord record, string group) =>
        new(group, record.User ?? "", record.Key ?? "", record.Project ?? "", record.Model, record.Endpoint ?? "", record.Status);

    /// <summary>Short where the texts are long, so that the tables' keys stay small. Lengths keep texts apart.</summary>
    public byte[] ComputeId()
    {
        var text = $"{Group.Length}:{Group}{User.Length}:{User}{Key.Length}:{Key}{Project.Length}:{Project}{Model.Length}:{Model}{Endpoint.Length}:{Endpoint}{Status}";
        return SHA256.HashData(Encoding.UTF8.GetBytes(text))[..IdBytes];
    }
}
