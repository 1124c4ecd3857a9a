using System.Text.Json.Nodes;
using Gateway.Testing.Identity;

namespace Gateway.Fuzz.World;

/// <summary>Who calls.</summary>
/// <param name="Key">Good for every model but the forbidden one.</param>
/// <param name="NarrowKey">Good for <see cref="NarrowModel"/> only.</param>
/// <param name="RevokedKey">Good no longer.</param>
/// <param name="Tokens">JSON web tokens, all good.</param>
internal sealed record FuzzCredentials(string Key, string NarrowKey, string RevokedKey, string[] Tokens, byte[] PublicKey)
{
    public const string NarrowModel = "plain-0";

    private const int TokenCount = 40;

    public static async Task<FuzzCredentials> CreateAsync(GatewayProcess gateway, TokenIssuer issuer)
    {
        async Task<JsonNode> Key(params string[] models) =>
            await gateway.CreateKeyAsync(new JsonObject { ["name"] = "fuzz", ["models"] = new JsonArray([.. models.Select(model => (JsonNode)model)]) });
        var revoked = await Key();
        (await gateway.AdminAsync(HttpMethod.Delete, $"/admin/keys/{revoked["id"]}")).Dispose();
        return new FuzzCredentials(
            (await Key())["key"]!.GetValue<string>(),
            (await Key(NarrowModel))["key"]!.GetValue<string>(),
            revoked["key"]!.GetValue<string>(),
            [.. Enumerable.Range(0, TokenCount).Select(n => issuer.Token($"user-{n}", [new string('g', n * 20)]))],
            issuer.PublicKeyPem());
    }
}
