using System.Net;
using Gateway.Abstractions.Tokens;
using Gateway.Testing.Identity;
using Gateway.Testing.Upstreams;

namespace Gateway.Grains.Tests.Tokens;

public sealed class GlobusTokenTests
{
    [Fact]
    public async Task An_accepted_token_stands_for_the_identity_of_the_session_with_its_groups()
    {
        await using var silo = await GlobusSilo.StartAsync(globus => GlobusSilo.Rules(globus, domains: ["anl.gov"]));
        var user = GlobusUser.Person("alice@anl.gov", "Alice Example", "g1", "g2") with { Invitations = ["g3"] };

        var answer = await silo.AskAsync(user);

        answer.Verdict.Should().Be(TokenVerdict.Accepted, answer.Message);
        answer.ValidFor.Should().Be(TokenPolicy.MaxAge);
        answer.Identity.Should().BeEquivalentTo(new
        {
            user.Id,
            Username = "alice@anl.gov",
            Name = "Alice Example",
            Alias = "globus",
            Groups = new[] { "g1", "g2" },
            Domains = new[] { "anl.gov" },
            IdpId = "idp-of-anl.gov",
            IdpName = "Example Laboratory",
            IsService = false,
        });
    }

    [Fact]
    public async Task The_introspection_is_the_call_that_Globus_documents()
    {
        await using var silo = await GlobusSilo.StartAsync(globus => GlobusSilo.Rules(globus, domains: ["anl.gov"], policies: ["p1", "p2"]));
        var token = silo.Globus.Issue(GlobusUser.Person("alice@anl.gov"));

        await silo.AskAsync(token);

        var form = WebUtility.UrlDecode(silo.Globus.Requests.First().BodyText).Split('&');
        form.Should().BeEquivalentTo($"token={token}", "include=session_info,identity_set_detail", "authentication_policies=p1,p2");
        silo.Globus.Requests.Select(request => request.Path).Should().Equal("/v2/oauth2/token/introspect", "/v2/oauth2/token", "/v2/groups/my_groups");
        silo.Globus.Requests.Last()["Authorization"].Should().NotContain(token, "only the token that was bought for it goes to Groups");
    }

    [Fact]
    public async Task An_unknown_or_revoked_token_is_refused_with_the_words_that_clients_look_for()
    {
        await using var silo = await GlobusSilo.StartAsync();
        var revoked = silo.Globus.Issue(GlobusUser.Person("alice@anl.gov"));
        silo.Globus.Revoke(revoked);

        foreach (var token in (string[])["never-issued", revoked])
        {
            var answer = await silo.AskAsync(token);
            answer.Verdict.Should().Be(TokenVerdict.Refused);
            answer.Message.Should().Contain("Token is either not active or invalid");
        }

        silo.Globus.Grants.Should().Be(0);
    }

    [Fact]
    public async Task A_token_that_is_called_active_but_has_expired_is_refused()
    {
        await using var silo = await GlobusSilo.StartAsync();
        silo.Globus.InsteadOfIntrospection = Replies.Json(200, """{"active":true,"token_type":"Bearer","sub":"a","username":"a@b.c","exp":1}""");

        var answer = await silo.AskAsync("old");

        answer.Verdict.Should().Be(TokenVerdict.Refused);
        answer.Message.Should().Contain("Access token expired.");
    }

    [Fact]
    public async Task Another_identity_provider_is_denied_and_told_which_would_do()
    {
        await using var silo = await GlobusSilo.StartAsync(globus => GlobusSilo.Rules(globus, domains: ["anl.gov", "alcf.anl.gov"]));

        var answer = await silo.AskAsync(GlobusUser.Person("mallory@gmail.com", "Mallory"));

        answer.Verdict.Should().Be(TokenVerdict.Denied);
        answer.Message.Should().Be("Error: Permission denied. Must authenticate with anl.gov, alcf.anl.gov. Currently authenticated as (Mallory - mallory@gmail.com).");
    }

    [Fact]
    public async Task A_linked_identity_that_did_not_sign_in_opens_nothing()
    {
        await using var silo = await GlobusSilo.StartAsync(globus => GlobusSilo.Rules(globus, domains: ["anl.gov"]));

        var answer = await silo.AskAsync(GlobusUser.Person("alice@gmail.com") with { Linked = [GlobusUser.Person("alice@anl.gov")] });

        answer.Verdict.Should().Be(TokenVerdict.Denied);
    }

    [Theory]
    [InlineData("alice@evil-anl.gov")]
    [InlineData("alice@anl.gov.evil.example")]
    [InlineData("anl.gov")]
    [InlineData("alice@anl.gov@evil.example")]
    public async Task A_domain_that_only_looks_like_an_allowed_one_is_denied(string username)
    {
        await using var silo = await GlobusSilo.StartAsync(globus => GlobusSilo.Rules(globus, domains: ["anl.gov"]));

        (await silo.AskAsync(GlobusUser.Person(username))).Verdict.Should().Be(TokenVerdict.Denied);
    }

    [Fact]
    public async Task A_failed_policy_is_denied_with_the_command_that_helps()
    {
        await using var silo = await GlobusSilo.StartAsync(globus => GlobusSilo.Rules(globus, domains: ["anl.gov"], policies: ["p1", "p2"]));

        var answer = await silo.AskAsync(GlobusUser.Person("alice@anl.gov") with { FailedPolicies = ["p2"] });

        answer.Verdict.Should().Be(TokenVerdict.Denied);
        answer.Message.Should().Contain("Permission denied from internal policies. This is likely due to a high-assurance timeout.")
            .And.Contain("'python3 inference_auth_token.py authenticate --force'");
    }

    [Theory]
    [InlineData("""{"p1":{"evaluation":true}}""")]
    [InlineData("""{}""")]
    [InlineData("""{"p1":{"evaluation":true},"other":{"evaluation":true}}""")]
    [InlineData("""{"p1":{"evaluation":true},"p2":{"evaluation":"true"}}""")]
    [InlineData("""[]""")]
    public async Task Policies_that_were_not_all_judged_count_as_failed(string evaluations)
    {
        await using var silo = await GlobusSilo.StartAsync(globus => GlobusSilo.Rules(globus, policies: ["p1", "p2"]));
        silo.Globus.InsteadOfIntrospection = Replies.Json(
            200, $$"""{"active":true,"sub":"a","username":"a@b.c","exp":99999999999,"policy_evaluations":{{evaluations}}}""");

        (await silo.AskAsync("token")).Verdict.Should().Be(TokenVerdict.Denied);
    }

    [Fact]
    public async Task Without_one_of_the_groups_a_user_is_denied()
    {
        await using var silo = await GlobusSilo.StartAsync(globus => GlobusSilo.Rules(globus, groups: ["g1", "g2"]));

        (await silo.AskAsync(GlobusUser.Person("a@b.c", "A", "g2"))).Verdict.Should().Be(TokenVerdict.Accepted);
        var answer = await silo.AskAsync(GlobusUser.Person("a@b.c", "A", "g3") with { Invitations = ["g1"] });
        answer.Verdict.Should().Be(TokenVerdict.Denied);
        answer.Message.Should().Be("Error: User is not a member of an allowed Globus Group.");
    }

    [Fact]
    public async Task Groups_per_provider_hold_for_its_users_only_and_keep_it_out_of_the_texts()
    {
        await using var silo = await GlobusSilo.StartAsync(globus => GlobusSilo.Rules(
            globus, domains: ["anl.gov", "secret.example"], perIdp: new() { ["secret.example"] = ["project"] }));

        (await silo.AskAsync(GlobusUser.Person("a@anl.gov"))).Verdict.Should().Be(TokenVerdict.Accepted);
        (await silo.AskAsync(GlobusUser.Person("a@secret.example", "A", "project"))).Verdict.Should().Be(TokenVerdict.Accepted);
        var outside = await silo.AskAsync(GlobusUser.Person("a@secret.example", "Ann", "other"));
        outside.Verdict.Should().Be(TokenVerdict.Denied);
        outside.Message.Should().Be("Error: Permission denied. User (Ann - a@secret.example) not part of the Globus Groups applied for secret.example.");
        (await silo.AskAsync(GlobusUser.Person("a@else.example"))).Message.Should().Contain("anl.gov, or providers with approved projects").And.NotContain("secret.example");
    }

    [Fact]
    public async Task A_listed_service_account_needs_no_provider_and_no_policy_but_the_groups()
    {
        var service = GlobusUser.Service("g1") with { FailedPolicies = ["p1"] };
        var poor = GlobusUser.Service();
        await using var silo = await GlobusSilo.StartAsync(globus => GlobusSilo.Rules(
            globus, domains: ["anl.gov"], groups: ["g1"], policies: ["p1"], services: [service.Username, poor.Username]));

        var answer = await silo.AskAsync(service);
        answer.Verdict.Should().Be(TokenVerdict.Accepted, answer.Message);
        answer.Identity.Should().BeEquivalentTo(new { service.Id, service.Username, IsService = true });
        (await silo.AskAsync(poor)).Message.Should().Be("Error: User is not a member of an allowed Globus Group.");
        (await silo.AskAsync(GlobusUser.Service("g1"))).Verdict.Should().Be(TokenVerdict.Denied, "it is not listed");
    }

    [Fact]
    public async Task Without_consent_to_look_at_groups_the_token_is_refused()
    {
        await using var silo = await GlobusSilo.StartAsync();

        var answer = await silo.AskAsync(GlobusUser.Person("a@b.c") with { ConsentsToGroups = false });

        answer.Verdict.Should().Be(TokenVerdict.Refused);
        answer.Message.Should().Contain("Could not recover dependent access token for groups.api.globus.org");
    }

    [Fact]
    public async Task A_name_that_could_be_markup_is_denied_and_not_echoed()
    {
        await using var silo = await GlobusSilo.StartAsync(globus => GlobusSilo.Rules(globus, domains: ["anl.gov"]));

        var answer = await silo.AskAsync(GlobusUser.Person("a@anl.gov", "<script>"));
        var elsewhere = await silo.AskAsync(GlobusUser.Person("a@else.example", "<script>"));

        answer.Verdict.Should().Be(TokenVerdict.Denied);
        (answer.Message + elsewhere.Message).Should().NotContain("<script>");
    }
}
