using System.Net;
using Gateway.Abstractions.Tokens;
using Gateway.Grains.Tests.Support;
using Gateway.Grains.Tokens;
using Gateway.Testing.Upstreams;

namespace Gateway.Grains.Tests.Tokens;

public sealed class PlainIntrospectionTests : IAsyncDisposable
{
    private readonly ScriptedUpstream _server = ScriptedUpstream.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Claims_become_an_identity_under_the_alias_of_the_server()
    {
        var answer = await AskAsync(
            """
            {"active":true,"sub":"u1","username":"alice","name":"Alice","email":"alice@example.org","email_verified":true,"client_id":"app",
             "groups":["physics","chess"],"realm":{"roles":["operator"]},"scope":"models:read chat","exp":99999999999}
            """,
            options => options.RolesClaim = "realm.roles");

        answer.Verdict.Should().Be(TokenVerdict.Accepted, answer.Message);
        answer.Identity.Should().BeEquivalentTo(new
        {
            Id = "u1",
            Username = "alice",
            Name = "Alice",
            Alias = "corp",
            Groups = new[] { "physics", "chess" },
            Domains = new[] { "example.org" },
            Roles = new[] { "operator" },
            Scopes = new[] { "models:read", "chat" },
            IsService = false,
        });
        WebUtility.UrlDecode(_server.Requests.Single().BodyText).Should().Be("token=the+token/=&token_type_hint=access_token");
    }

    [Fact]
    public async Task Blanks_separate_scopes_and_belong_to_the_names_of_groups_and_roles()
    {
        var answer = await AskAsync("""{"active":true,"sub":"u1","groups":"physics guests, chess","roles":"not admin","scope":"models:read chat"}""");

        answer.Identity.Should().BeEquivalentTo(new
        {
            Groups = new[] { "physics guests", "chess" },
            Roles = new[] { "not admin" },
            Scopes = new[] { "models:read", "chat" },
        });
    }

    [Fact]
    public async Task A_client_without_user_is_known_by_its_id()
    {
        var answer = await AskAsync("""{"active":true,"client_id":"nightly","scope":"chat"}""");

        answer.Identity.Should().BeEquivalentTo(new { Id = "nightly", IsService = true });
        answer.ValidFor.Should().Be(TokenPolicy.MaxAge);
    }

    [Theory]
    [InlineData("""{"active":"true","sub":"a"}""")]
    [InlineData("""{"active":1,"sub":"a"}""")]
    [InlineData("""{"sub":"a"}""")]
    [InlineData("""{"active":false,"sub":"a"}""")]
    [InlineData("""{"active":true}""")]
    [InlineData("""{"active":true,"sub":"a","token_type":"refresh_token"}""")]
    [InlineData("""{"active":true,"sub":"a","exp":1}""")]
    [InlineData("""{"active":true,"sub":"a","nbf":99999999999}""")]
    [InlineData("""{"active":true,"sub":"a","nbf":4102444800000}""")]
    [InlineData("""{"active":true,"sub":"a","nbf":"4102444800"}""")]
    [InlineData("""{"active":true,"sub":"a","exp":"1700000000"}""")]
    [InlineData("""{"active":true,"sub":"a","exp":-1}""")]
    [InlineData("""{"active":true,"sub":"\ud83d"}""")]
    [InlineData("""["active"]""")]
    [InlineData("""null""")]
    public async Task What_is_not_clearly_an_active_bearer_token_is_refused(string reply) =>
        (await AskAsync(reply)).Verdict.Should().Be(TokenVerdict.Refused);

    [Theory]
    [InlineData("""{"active":true,"sub":"a","exp":9999999999999,"nbf":null}""")]
    [InlineData("""{"active":true,"sub":"a","name":"Al\ud83d","groups":["\ud83d","physics"],"scope":"\ude00"}""")]
    public async Task What_is_odd_and_grants_nothing_harms_nobody_and_is_asked_about_once(string reply)
    {
        (await AskAsync(reply)).Verdict.Should().Be(TokenVerdict.Accepted);
        _server.Requests.Should().ContainSingle();
    }

    [Theory]
    [InlineData(5_000, 1, TokenVerdict.Accepted)]
    [InlineData(5_001, 1, TokenVerdict.Denied)]
    [InlineData(1_000, 256, TokenVerdict.Accepted)]
    [InlineData(2_200, 120, TokenVerdict.Denied)]
    public async Task No_group_is_left_out_since_denials_and_limits_go_by_groups(int groups, int length, TokenVerdict verdict)
    {
        var names = Enumerable.Range(1, groups).Select(number => $"\"{$"{number}".PadLeft(length, 'g')}\"");

        var answer = await AskAsync($$"""{"active":true,"sub":"a","groups":[{{string.Join(',', names)}}]}""");

        answer.Verdict.Should().Be(verdict, answer.Message);
        (answer.Identity?.Groups.Length ?? groups).Should().Be(groups);
    }

    [Fact]
    public async Task An_answer_that_names_a_member_twice_is_no_answer() =>
        (await AskAsync("""{"active":false,"active":true,"sub":"a"}""")).Verdict.Should().Be(TokenVerdict.Unavailable);

    [Theory]
    [InlineData("""{"active":true,"sub":"a","aud":"gateway"}""", TokenVerdict.Accepted)]
    [InlineData("""{"active":true,"sub":"a","aud":["other","gateway"]}""", TokenVerdict.Accepted)]
    [InlineData("""{"active":true,"sub":"a","aud":["other"]}""", TokenVerdict.Refused)]
    [InlineData("""{"active":true,"sub":"a","aud":"other gateway"}""", TokenVerdict.Refused)]
    [InlineData("""{"active":true,"sub":"a"}""", TokenVerdict.Refused)]
    public async Task A_configured_audience_is_required(string reply, TokenVerdict verdict) =>
        (await AskAsync(reply, options => options.Audience = "gateway")).Verdict.Should().Be(verdict);

    [Theory]
    [InlineData("chat models", TokenVerdict.Accepted)]
    [InlineData("chatter", TokenVerdict.Denied)]
    [InlineData("", TokenVerdict.Denied)]
    public async Task A_configured_scope_is_required(string scope, TokenVerdict verdict) =>
        (await AskAsync($$"""{"active":true,"sub":"a","scope":"{{scope}}"}""", options => options.RequiredScope = "chat")).Verdict.Should().Be(verdict);

    [Fact]
    public async Task A_silo_that_has_no_server_configured_refuses_nobody() =>
        (await AskAsync("""{"active":true,"sub":"a"}""", options => options.Url = null)).Verdict.Should().Be(TokenVerdict.Unavailable);

    [Fact]
    public async Task An_unverified_address_gives_no_domain() =>
        (await AskAsync("""{"active":true,"sub":"a","email":"a@example.org","email_verified":false}""")).Identity!.Domains.Should().BeEmpty();

    [Fact]
    public async Task An_answer_beyond_a_mebibyte_lets_nobody_in() =>
        (await AskAsync($$"""{"active":true,"sub":"a","filler":"{{new string('x', 1 << 20)}}"}""")).Verdict.Should().Be(TokenVerdict.Denied);

    private async Task<TokenAnswer> AskAsync(string reply, Action<IntrospectionOptions>? configure = null)
    {
        _server.Reply = Replies.Json(200, reply);
        await using var cluster = await TokenCluster.StartAsync(options =>
        {
            options.Url = new Uri(_server.Origin + "/introspect");
            options.ClientId = "gateway";
            options.ClientSecret = "secret";
            options.Alias = "corp";
            configure?.Invoke(options);
        });
        return await cluster.AskAsync("the+token/=");
    }
}
