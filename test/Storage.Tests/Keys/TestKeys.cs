using Gateway.Storage.Audit;
using Gateway.Storage.Keys;

namespace Gateway.Storage.Tests.Keys;

internal static class TestKeys
{
    public const string Secret = "0123456789abcdef0123456789abcdef";

    public static AuditEntry Audit { get; } = new("user:local/root", "key.test", "key:test");

    public static SqlApiKeyStore StoreOf(TestDatabase database, string secret = Secret) => new(database.Database, new ApiKeySeal(secret));

    public static ApiKeyRecord New(string id, string? text = null) => new()
    {
        Id = id,
        Hash = KeyHash.Of(text ?? ApiKeyText.Create()),
        Hint = "gw-abcd",
        Name = "a key",
        Owner = "user:local/alice",
        Groups = ["local/physics", "corp/chem"],
        Project = "local/physics",
        Role = "viewer",
        Models = ["gpt-4o", "a/b"],
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_900_000_000_123),
        CreatedBy = "user:local/root",
        ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(1_950_000_000_456),
    };
}
