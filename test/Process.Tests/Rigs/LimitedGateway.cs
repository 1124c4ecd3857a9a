namespace Gateway.Process.Rigs;

/// <summary>A gateway with limits in <c>GATEWAY_LIMITS</c>, and callers with limits of their own.</summary>
public sealed class LimitedGateway : SharedGateway
{
    /// <summary>A user with limits by setting: 60 requests a minute.</summary>
    public const string Configured = "configured";

    /// <summary>Another one: 5 requests a minute.</summary>
    public const string ConfiguredLow = "configured-low";

    private int callers;

    protected override Dictionary<string, string> Environment => new()
    {
        ["GATEWAY_LIMITS"] = Configuration().ToJsonString(),
        ["Gateway__Limits__Queue__MaxWaitSeconds"] = "1",
    };

    /// <summary>Name of a user or group that has this kind of limit by setting.</summary>
    public static string ConfiguredWith(string kind, string limit) => $"{kind}-with-{limit}";

    public string NewName(string kind) => $"{kind}-{Interlocked.Increment(ref callers)}";

    /// <summary>Sets limits, which hold once this returns.</summary>
    public Task LimitAsync(string subject, JsonObject limits) => Gateway.AdminJsonAsync(HttpMethod.Put, $"/admin/subjects/{subject}/limits", limits);

    /// <summary>Id and text of a new key.</summary>
    public async Task<(string Id, string Key)> KeyOfAsync(string owner, params string[] groups)
    {
        var made = await Gateway.CreateKeyAsync(new JsonObject { ["name"] = owner, ["owner"] = owner, ["groups"] = new JsonArray([.. groups.Select(group => (JsonNode)group)]) });
        return (made["id"]!.GetValue<string>(), made["key"]!.GetValue<string>());
    }

    /// <summary>Key of a new user with these limits.</summary>
    public async Task<(string User, string Key)> CallerAsync(JsonObject limits)
    {
        var user = NewName("user");
        await LimitAsync("user:" + user, limits);
        return (user, (await KeyOfAsync(user)).Key);
    }

    /// <summary>One window of <c>GET /admin/subjects/{subject}</c>.</summary>
    public async Task<JsonNode> WindowAsync(string subject, string window) =>
        (await Gateway.DescribeSubjectAsync(subject))["windows"]!.AsArray().Single(shown => shown!["id"]!.GetValue<string>() == window)!;

    public Burst Burst(string key, int connections = 100) => new([Gateway.Origin], key, connections);

    private static JsonObject Configuration()
    {
        var limits = new JsonObject
        {
            ["user:" + Configured] = new JsonObject { ["requests_per_minute"] = 60 },
            ["user:" + ConfiguredLow] = new JsonObject { ["requests_per_minute"] = 5 },
        };
        foreach (var kind in (string[])["user", "group"])
        {
            foreach (var limit in LimitsOfFourAnswers.All)
            {
                limits[$"{kind}:{ConfiguredWith(kind, limit.Name)}"] = limit.Document();
            }
        }

        return limits;
    }
}
