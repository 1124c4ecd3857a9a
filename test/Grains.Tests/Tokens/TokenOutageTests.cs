using Gateway.Abstractions.Tokens;
using Gateway.Grains.Tokens;
using Gateway.Grains.Tokens.Globus;
using Gateway.Testing.Identity;
using Gateway.Testing.Upstreams;

namespace Gateway.Grains.Tests.Tokens;

public sealed class TokenOutageTests
{
    public static TheoryData<string> Calls => ["introspection", "grant", "groups"];

    public static TheoryData<string, string> CallsAndFailures
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var call in Calls.Select(row => row.Data))
            {
                foreach (var failure in (string[])["500", "429", "html", "reset", "redirect"])
                {
                    data.Add(call, failure);
                }
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(CallsAndFailures))]
    public async Task A_failure_of_the_provider_is_no_refusal_and_is_forgotten_with_it(string call, string failure)
    {
        await using var silo = await GlobusSilo.StartAsync();
        var token = silo.Globus.Issue(GlobusUser.Person("alice@anl.gov"));
        Break(silo.Globus, call, failure switch
        {
            "500" => Replies.Json(500, "{}"),
            "429" => Replies.Json(429, "{}", ("Retry-After", "60")),
            "html" => Replies.Bytes(200, "text/html", "<html>"u8.ToArray()),
            "redirect" => Replies.Json(302, "{}", ("Location", "https://elsewhere.example/")),
            _ => Replies.Reset(),
        });

        (await silo.AskAsync(token)).Verdict.Should().Be(TokenVerdict.Unavailable);
        Break(silo.Globus, call, null);
        silo.Clock.Advance(AuthorizationServer.RetryInterval);

        (await silo.AskAsync(token)).Verdict.Should().Be(TokenVerdict.Accepted);
    }

    [Fact]
    public async Task A_refused_client_of_our_own_is_an_outage_and_an_error_in_the_log()
    {
        await using var silo = await GlobusSilo.StartAsync();
        silo.Globus.InsteadOfIntrospection = Replies.Json(401, """{"errors":[]}""");

        (await silo.AskAsync("token")).Verdict.Should().Be(TokenVerdict.Unavailable);

        silo.Logs.Lines.Should().Contain(line => line.Contains("refuses the introspection itself with 401"));
    }

    [Fact]
    public async Task While_nobody_listens_one_dial_a_second_is_made_whoever_asks()
    {
        await using var silo = await GlobusSilo.StartAsync();
        silo.Globus.InsteadOfIntrospection = Replies.Reset();

        for (var number = 0; number < 20; number++)
        {
            (await silo.AskAsync($"token-{number}")).Verdict.Should().Be(TokenVerdict.Unavailable);
        }

        silo.Globus.Introspections.Should().BeLessThanOrEqualTo(2, "a pooled connection may be tried once more");
    }

    [Theory, MemberData(nameof(Calls))]
    public async Task A_token_that_is_not_answered_in_time_closes_the_door_for_no_other(string call)
    {
        await using var silo = await GlobusSilo.StartAsync();
        Break(silo.Globus, call, Replies.Hang());
        var asking = silo.AskAsync(GlobusUser.Person("alice@anl.gov"));
        await Eventually.TrueAsync(() => silo.Globus.Requests.Any(request => request.Path == PathOf(call)), "it is asked");
        silo.Clock.Advance(TimeSpan.FromSeconds(5));
        (await asking).Verdict.Should().Be(TokenVerdict.Unavailable);
        Break(silo.Globus, call, null);

        (await silo.AskAsync(GlobusUser.Person("bob@anl.gov"))).Verdict.Should().Be(TokenVerdict.Accepted);
    }

    [Theory, MemberData(nameof(Calls))]
    public async Task A_token_whose_answer_is_too_large_closes_the_door_for_no_other(string call)
    {
        await using var silo = await GlobusSilo.StartAsync();
        Break(silo.Globus, call, Replies.Bytes(200, "application/json", new byte[(1 << 20) + 1]));
        var token = silo.Globus.Issue(GlobusUser.Person("alice@anl.gov"));
        (await silo.AskAsync(token)).Verdict.Should().Be(TokenVerdict.Denied);
        (await silo.AskAsync(token)).Verdict.Should().Be(TokenVerdict.Denied);
        silo.Globus.Introspections.Should().Be(1, "it is known for a moment");
        silo.Logs.Lines.Should().NotContain(line => line.Contains("cannot be asked"), "it is no outage");
        Break(silo.Globus, call, null);

        (await silo.AskAsync(GlobusUser.Person("bob@anl.gov"))).Verdict.Should().Be(TokenVerdict.Accepted);
    }

    [Fact]
    public async Task While_nobody_listens_at_Globus_Groups_tokens_are_still_introspected()
    {
        await using var silo = await GlobusSilo.StartAsync(globus => new GlobusOptions { AuthUrl = new Uri(globus.Origin), GroupsUrl = new Uri("http://127.0.0.1:1") });

        (await silo.AskAsync(GlobusUser.Person("alice@anl.gov"))).Verdict.Should().Be(TokenVerdict.Unavailable);

        (await silo.AskAsync("never-issued")).Verdict.Should().Be(TokenVerdict.Refused);
        silo.Globus.Introspections.Should().Be(2);
    }

    [Fact]
    public async Task An_outage_is_logged_once_and_so_is_its_end()
    {
        await using var silo = await GlobusSilo.StartAsync();
        silo.Globus.InsteadOfIntrospection = Replies.Json(503, "{}");
        for (var number = 0; number < 5; number++)
        {
            await silo.AskAsync($"token-{number}");
        }

        silo.Globus.InsteadOfIntrospection = null;
        await silo.AskAsync("token");

        silo.Logs.Lines.Count(line => line.Contains("cannot be asked")).Should().Be(1);
        silo.Logs.Lines.Count(line => line.Contains("answers again")).Should().Be(1);
    }

    [Fact]
    public async Task A_known_token_is_served_while_the_provider_is_away()
    {
        await using var silo = await GlobusSilo.StartAsync();
        var token = silo.Globus.Issue(GlobusUser.Person("alice@anl.gov"));
        await silo.AskAsync(token);
        silo.Globus.StopListening();
        silo.Globus.InsteadOfIntrospection = Replies.Reset();

        (await silo.AskAsync(token)).Verdict.Should().Be(TokenVerdict.Accepted);
    }

    [Fact]
    public async Task A_provider_that_hangs_is_given_up_after_five_seconds()
    {
        await using var silo = await GlobusSilo.StartAsync();
        silo.Globus.InsteadOfIntrospection = Replies.Hang();

        var asking = silo.AskAsync("token");
        await Eventually.TrueAsync(() => silo.Globus.Introspections == 1, "Globus is asked");
        silo.Clock.Advance(TimeSpan.FromSeconds(5));

        (await asking).Verdict.Should().Be(TokenVerdict.Unavailable);
    }

    private static string PathOf(string call) => call switch
    {
        "introspection" => "/v2/oauth2/token/introspect",
        "grant" => "/v2/oauth2/token",
        _ => "/v2/groups/my_groups",
    };

    private static void Break(GlobusDouble globus, string call, UpstreamReply? reply)
    {
        switch (call)
        {
            case "introspection": globus.InsteadOfIntrospection = reply; break;
            case "grant": globus.InsteadOfGrant = reply; break;
            default: globus.InsteadOfGroups = reply; break;
        }
    }
}
