using Gateway.Process.Rigs;

namespace Gateway.Process.Limits;

/// <summary>Limits of keys, groups and projects: who is charged.</summary>
public sealed class SharedLimitTests(LimitedGateway shared) : IClassFixture<LimitedGateway>
{
    private const string PerMinute = "requests_per_minute";

    [Fact]
    public async Task A_group_is_one_pool_of_all_its_members()
    {
        var group = shared.NewName("group");
        await shared.LimitAsync("group:" + group, Requests(5));

        (await AdmittedAsync([await MemberAsync(group), await MemberAsync(group)])).Sum().Should().Be(5);

        await ExpectUsedAsync("group:" + group, 5);
    }

    [Fact]
    public async Task A_limit_per_head_is_each_members_own()
    {
        var group = shared.NewName("group");
        await shared.LimitAsync("default:group-member:" + group, Requests(3));

        (await AdmittedAsync([await MemberAsync(group), await MemberAsync(group)])).Should().Equal(3, 3);
    }

    [Fact]
    public async Task A_key_has_a_limit_beside_that_of_its_owner()
    {
        var user = shared.NewName("user");
        var (limited, free) = (await shared.KeyOfAsync(user), await shared.KeyOfAsync(user));
        await shared.LimitAsync("user:" + user, Requests(6));
        await shared.LimitAsync(Subject(limited.Id), Requests(2));

        (await AdmittedAsync([limited.Key])).Should().Equal(2);
        (await AdmittedAsync([free.Key])).Should().Equal(4);

        await ExpectUsedAsync("user:" + user, 6);
        await ExpectUsedAsync(Subject(limited.Id), 2);
    }

    [Fact]
    public async Task The_project_that_the_header_names_is_charged_and_no_other()
    {
        var (chem, bio) = (shared.NewName("chem"), shared.NewName("bio"));
        await shared.LimitAsync("project:" + chem, Requests(10));
        await shared.LimitAsync("project:" + bio, Requests(10));
        var (_, key) = await shared.KeyOfAsync(shared.NewName("user"), chem, bio);
        await using var upstream = ScriptedUpstream.Start();
        var model = await shared.PublishInOrderAsync(upstream.Url);
        using var burst = shared.Burst(key);

        (await burst.SendAsync(Callers.ChatBody(model), headers => headers.Add("x-gateway-project", bio))).Status.Should().Be(HttpStatusCode.OK);
        var refused = await burst.SendAsync(Callers.ChatBody(model), headers => headers.Add("x-gateway-project", "not-mine"));

        refused.Status.Should().Be(HttpStatusCode.Forbidden);
        refused.ErrorCode.Should().Be("project_not_allowed");
        await ExpectUsedAsync("project:" + bio, 1);
        await ExpectUsedAsync("project:" + chem, 0);
    }

    private static JsonObject Requests(int limit) => new() { [PerMinute] = limit };

    private static string Subject(string keyId) => keyId.StartsWith("key:", StringComparison.Ordinal) ? keyId : "key:" + keyId;

    private async Task<string> MemberAsync(string group) => (await shared.KeyOfAsync(shared.NewName("user"), group)).Key;

    /// <summary>Of twenty calls of each key at once.</summary>
    private async Task<int[]> AdmittedAsync(string[] keys)
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = await shared.PublishInOrderAsync(upstream.Url);
        return await Task.WhenAll(keys.Select(async key =>
        {
            using var burst = shared.Burst(key, connections: 20);
            var answers = await burst.SendAsync(20, model);
            answers.Should().OnlyContain(answer => answer.Status == HttpStatusCode.OK || answer.Status == HttpStatusCode.TooManyRequests);
            return answers.Count(answer => answer.Status == HttpStatusCode.OK);
        }));
    }

    private async Task ExpectUsedAsync(string subject, int requests) => await Eventually.MatchAsync(
        () => shared.WindowAsync(subject, PerMinute),
        window => window["used"]!.GetValue<decimal>() == requests && window["reserved"]!.GetValue<decimal>() == 0,
        $"{subject} has used {requests}");
}
