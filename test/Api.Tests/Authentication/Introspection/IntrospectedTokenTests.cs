using Gateway.Abstractions.Tokens;
using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Attempts;
using Gateway.Api.Authentication.Introspection;
using Gateway.Api.Tests.Authentication.Tokens;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Api.Tests.Authentication.Introspection;

public sealed class IntrospectedTokenTests
{
    private readonly ScriptedTokenGrain _grain = new();

    [Fact]
    public async Task A_caller_carries_the_alias_everywhere()
    {
        _grain.Answer = _ => ScriptedTokenGrain.Accept("alice") with
        {
            Identity = new TokenIdentity
            {
                Id = "alice", Username = "alice@example.org", Name = "Alice", Alias = "globus", Groups = ["g1"], Domains = ["example.org"],
                Roles = ["viewer", "operator", "root"], Scopes = ["chat"], IdpId = "idp", IdpName = "Example",
            },
        };
        await using var host = await IdentityHost.StartAsync(tokens: _grain);

        (await host.AuthenticateAsync("opaque")).Caller.Should().BeEquivalentTo(new
        {
            User = "user:globus/alice",
            Groups = new[] { "globus/g1" },
            Domains = new[] { "example.org" },
            Role = AdminRole.Operator,
            Id = "alice",
            Username = "alice@example.org",
            Name = "Alice",
            AuthService = "globus",
            IdpId = "idp",
            IdpName = "Example",
            IsBootstrapAdmin = false,
        });
    }

    [Fact]
    public async Task A_known_token_is_decided_from_memory_until_its_time_is_over()
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);
        await host.AuthenticateAsync("good");

        host.Time.Advance(TokenPolicy.MaxAge - TimeSpan.FromMilliseconds(1));
        host.Begin("good").IsCompletedSuccessfully.Should().BeTrue();
        _grain.Questions.Should().HaveCount(1);
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        await host.AuthenticateAsync("good");

        _grain.Questions.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_keeps_no_token_known_for_longer()
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);
        await host.AuthenticateAsync("good");

        host.Time.SetClock(-TimeSpan.FromHours(1));
        host.Time.Advance(TokenPolicy.MaxAge);
        await host.AuthenticateAsync("good");

        _grain.Questions.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_hundred_first_uses_on_a_node_are_one_question()
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);
        var opened = new TaskCompletionSource();
        _grain.Gate = opened.Task;

        var outcomes = Enumerable.Range(0, 100).Select(_ => host.AuthenticateAsync("good")).ToArray();
        opened.SetResult();

        (await Task.WhenAll(outcomes)).Should().OnlyContain(outcome => outcome.Caller != null);
        _grain.Questions.Should().ContainSingle();
    }

    [Theory]
    [InlineData(TokenVerdict.Refused, 401, "invalid_api_key", true)]
    [InlineData(TokenVerdict.Denied, 403, "access_denied", false)]
    [InlineData(TokenVerdict.Unavailable, 503, "identity_unavailable", false)]
    public async Task Each_verdict_has_its_answer(TokenVerdict verdict, int status, string code, bool challenge)
    {
        _grain.Answer = _ => new TokenAnswer { Verdict = verdict, Message = "Error: the words of FIRST.", ValidFor = TokenPolicy.RefusalAge };
        await using var host = await IdentityHost.StartAsync(tokens: _grain);

        var error = (await host.AuthenticateAsync("opaque")).Error!;

        (error.Status, error.Code).Should().Be((status, code));
        (error.Challenge is not null).Should().Be(challenge);
        if (verdict == TokenVerdict.Unavailable)
        {
            error.RetryAfter.Should().BePositive();
        }
        else
        {
            error.Message.Should().Contain("the words of FIRST");
        }
    }

    [Fact]
    public async Task A_refusal_is_remembered_for_ten_seconds_and_an_outage_not_at_all()
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);
        await host.AuthenticateAsync("bad");
        (await host.AuthenticateAsync("bad")).Error!.Status.Should().Be(401);
        _grain.Questions.Should().HaveCount(1);
        host.Time.Advance(TokenPolicy.RefusalAge);
        _grain.Answer = _ => TokenAnswer.Unavailable;
        (await host.AuthenticateAsync("bad")).Error!.Status.Should().Be(503);
        _grain.Answer = ScriptedTokenGrain.Accept;

        (await host.AuthenticateAsync("bad")).Caller.Should().NotBeNull();
        _grain.Questions.Should().HaveCount(3);
    }

    [Fact]
    public async Task Two_tokens_with_a_long_common_prefix_are_two()
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);
        _grain.Answer = token => ScriptedTokenGrain.Accept("user-" + token[^1]);
        var prefix = new string('a', 4_000);

        for (var repeat = 0; repeat < 2; repeat++)
        {
            (await host.AuthenticateAsync(prefix + "1")).Caller!.Id.Should().Be("user-1");
            (await host.AuthenticateAsync(prefix + "2")).Caller!.Id.Should().Be("user-2");
        }

        _grain.Questions.Should().HaveCount(2);
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("tok\u00e9n")]
    [InlineData("a=b")]
    [InlineData("====")]
    [InlineData("a,b")]
    public async Task What_no_server_could_have_issued_is_refused_without_asking(string token)
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);

        (await host.AuthenticateAsync(token)).Error!.Status.Should().Be(401);
        _grain.Questions.Should().BeEmpty();
    }

    [Fact]
    public async Task A_user_id_that_breaks_the_grammar_is_refused()
    {
        _grain.Answer = _ => ScriptedTokenGrain.Accept("line\nbreak");
        await using var host = await IdentityHost.StartAsync(tokens: _grain);

        (await host.AuthenticateAsync("opaque")).Error!.Status.Should().Be(401);
    }

    [Fact]
    public async Task A_hundred_thousand_distinct_bad_tokens_cause_a_bounded_number_of_questions_and_entries()
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);
        await host.AuthenticateAsync("good");
        var refusals = host.Services.GetRequiredService<RefusalCache>();
        var statuses = new int[600];

        for (var i = 0; i < 100_000; i++)
        {
            statuses[(await host.AuthenticateAsync($"bad-{i}")).Error!.Status]++;
        }

        statuses[401].Should().Be(FailedAttemptLimiter.Burst, "time stood still");
        statuses[429].Should().Be(100_000 - FailedAttemptLimiter.Burst);
        _grain.Questions.Should().HaveCount(1 + FailedAttemptLimiter.Burst);
        refusals.Count.Should().BeLessThanOrEqualTo(2 * RefusalCache.GenerationSize);
        host.Begin("good").IsCompletedSuccessfully.Should().BeTrue("a cached credential is never refused for its neighbours");
        (await host.AuthenticateAsync("bad-x", "192.0.2.77")).Error!.Status.Should().Be(401, "other addresses are not touched");
    }

    [Fact]
    public async Task Five_thousand_users_behind_one_address_with_one_broken_job_are_all_let_in()
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);
        using var stop = new CancellationTokenSource();
        var refused = 0;
        var job = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                (await host.AuthenticateAsync("broken-job")).Error!.Status.Should().Be(401);
                refused++;
                await Task.Yield();
            }
        });

        var users = await Task.WhenAll(Enumerable.Range(0, 5_000).Select(number => host.AuthenticateAsync($"good-{number}")));
        await Eventually.HoldsAsync(() => Task.FromResult(Volatile.Read(ref refused) > 2 * FailedAttemptLimiter.Burst), TimeSpan.FromSeconds(60));
        var again = await Task.WhenAll(Enumerable.Range(5_000, 1_000).Select(number => host.AuthenticateAsync($"good-{number}")));
        await stop.CancelAsync();
        await job;

        users.Concat(again).Should().OnlyContain(outcome => outcome.Caller != null);
        _grain.MostAtOnce.Should().BeLessThanOrEqualTo(FailedAttemptLimiter.Burst);
    }

    [Fact]
    public async Task A_json_web_token_goes_to_no_introspection_where_issuers_are_configured()
    {
        await using var provider = await OidcDouble.StartAsync();
        await using var host = await IdentityHost.StartAsync(
            options => options.JwtIssuers.Add(new() { Authority = provider.Issuer, Audience = TokenMint.Audience, Alias = "jwt" }), tokens: _grain);

        (await host.AuthenticateAsync(provider.Mint().Write(host.Time))).Caller!.AuthService.Should().Be("jwt");
        (await host.AuthenticateAsync(provider.Mint().With("iss", "https://else.example").Write(host.Time))).Error!.Status.Should().Be(401);
        _grain.Questions.Should().BeEmpty();
    }

    [Fact]
    public async Task No_token_is_in_a_log_also_when_no_silo_answers()
    {
        _grain.Answer = token => throw new ArgumentException("no " + token);
        await using var host = await IdentityHost.StartAsync(tokens: _grain);

        (await host.AuthenticateAsync("canary-token")).Error!.Status.Should().Be(503);

        host.Logs.Lines.Should().Contain(line => line.Contains("no silo answered")).And.NotContain(line => line.Contains("canary-token"));
    }
}
