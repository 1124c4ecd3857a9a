using System.Net;
using System.Text;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Tests.Admission.Fakes;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Silo.Settings.Access;
using Gateway.Silo.Settings.Prices;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

/// <summary>Which entries a caller may use is settled before anything is asked of limits, and only those count for them.</summary>
public sealed class AuthorizationOrderTests : IAsyncLifetime
{
    private const string Alice = "user:local/alice";
    private const string HardBudget = """{"budgets":[{"usd":1,"window":"month","mode":"hard"}]}""";

    private readonly FakeCluster _cluster = new(TimeProvider.System);
    private ScriptedUpstream _upstream = null!;
    private ScriptedUpstream _unusable = null!;
    private TestGateway _gateway = null!;

    /// <summary>States in which a caller is refused at a model that it may use.</summary>
    public static TheoryData<string, bool> States
    {
        get
        {
            var states = new TheoryData<string, bool>();
            foreach (var state in (string[])["day used up", "minute used up", "no cap known", "no price known", "limits unavailable", "large body", "project of others", "places of the provider"])
            {
                states.Add(state, false);
                states.Add(state, true);
            }

            return states;
        }
    }

    public static TheoryData<string> Unusable => ["restricted", "offline", "drained"];

    public async ValueTask InitializeAsync()
    {
        _upstream = ScriptedUpstream.Start();
        _unusable = ScriptedUpstream.Start();
        _gateway = await TestGateway.StartAsync(TimeProvider.System, _cluster.Grains, Rig.Entries.At(_upstream));
    }

    public async ValueTask DisposeAsync()
    {
        _unusable.Requests.Should().BeEmpty("nobody may be sent there");
        await _gateway.DisposeAsync();
        await _upstream.DisposeAsync();
        await _unusable.DisposeAsync();
    }

    [Theory, MemberData(nameof(States))]
    public async Task A_model_that_the_caller_cannot_use_is_refused_as_such_whatever_its_limits_say(string state, bool stream)
    {
        var prices = state == "no price known" ? null : new TokenPrices { Input = 1, Output = 2 };
        var ofAccount = state == "places of the provider" ? new AccountLimits { Concurrency = 1 } : null;
        Publish(
            Rig.Entries.At(_upstream),
            Rig.Entries.At(_unusable, "closed") with { Experts = ["closed"], AllowedGroups = ["local/others"], Limits = ofAccount, Prices = prices },
            Rig.Entries.At(_unusable, "away") with { Experts = ["away"], Status = EntryStatus.Offline, Notice = "Back at noon.", Limits = ofAccount, Prices = prices });
        await EnterAsync(state);
        var calls = _gateway.GrainCalls.ByRequests;

        using var closed = await CallAsync("closed");
        using var away = await CallAsync("away");

        closed.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await closed.ErrorCodeAsync()).Should().Be("model_not_allowed");
        closed.Headers.RetryAfter.Should().BeNull();
        away.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await away.ErrorAsync()).GetProperty("message").GetString().Should().Contain("Back at noon.");
        (await away.ErrorCodeAsync()).Should().Be("model_unavailable");
        closed.Attempts().Should().Be("0", "it has the headers of every refusal");
        away.Attempts().Should().Be("0", "so has this");
        _gateway.GrainCalls.ByRequests.Should().Be(calls, "nothing was asked of anybody");

        Task<HttpResponseMessage> CallAsync(string model) =>
            _gateway.PostAsync(Calls.ChatPath, Calls.ChatBody(stream, model), state == "project of others" ? [("x-gateway-project", "others")] : []);
    }

    [Theory, MemberData(nameof(Unusable))]
    public async Task An_entry_that_the_request_cannot_go_to_takes_the_cap_from_none_that_it_can(string why)
    {
        Publish(Unusably(why, Rig.Entries.At(_unusable, "parked")), Capped());
        await _gateway.LimitAsync(Alice, HardBudget);

        using var response = await _gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.OK, await response.TextAsync());
        _upstream.Requests.Should().ContainSingle().Which.BodyText.Should().Contain("\"max_completion_tokens\":40");
    }

    [Theory, MemberData(nameof(Unusable))]
    public async Task An_entry_that_the_request_cannot_go_to_makes_no_reservation_larger(string why)
    {
        Publish(Unusably(why, Rig.Entries.At(_unusable, "parked") with { MaxOutputTokens = 100_000, Prices = new TokenPrices { Input = 10_000, Output = 10_000 } }), Capped());
        await _gateway.LimitAsync(Alice, HardBudget);

        using var response = await _gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.OK, await response.TextAsync());
        _upstream.Requests.Should().ContainSingle().Which.BodyText.Should().Contain("\"max_completion_tokens\":40", "the budget pays for all that the entry may give");
        _gateway.Journal.Completed.Should().ContainSingle().Which.Intent.Reserved!.Output.Should().Be(40);
    }

    [Theory, MemberData(nameof(Unusable))]
    public async Task An_entry_that_the_request_cannot_go_to_needs_no_price(string why)
    {
        _gateway.Prices.UnknownPrice = UnknownPricePolicy.Deny;
        Publish(Unusably(why, Rig.Entries.At(_unusable, "parked") with { Prices = null }), Capped());

        using var response = await _gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.OK, await response.TextAsync());
    }

    private ManifestEntry Capped() => Rig.Entries.At(_upstream) with { MaxOutputTokens = 40 };

    private static ManifestEntry Unusably(string why, ManifestEntry entry) => why switch
    {
        "restricted" => entry with { AllowedGroups = ["local/others"] },
        "offline" => entry with { Status = EntryStatus.Offline },
        _ => entry with { Id = "drained" },
    };

    /// <summary>The entry <c>drained</c> is drained.</summary>
    [Fact]
    public async Task An_entry_that_is_denied_meanwhile_is_not_asked_once_more_after_a_reset()
    {
        var reached = new TaskCompletionSource();
        var denied = new TaskCompletionSource();
        await using var upstream = ScriptedUpstream.Start(async exchange =>
        {
            reached.TrySetResult();
            await denied.Task.WaitAsync(exchange.Stopping);
            exchange.Reset();
        });
        Publish(Rig.Entries.At(upstream));
        var answering = _gateway.PostAsync(Calls.ChatPath, Calls.ChatBody(stream: false, Rig.Entries.Model));
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        _gateway.Access.Document = new AccessDocument(true, [new AccessRuleText { Allow = false }]);
        denied.SetResult();

        using var answer = await answering;
        answer.IsSuccessStatusCode.Should().BeFalse();
        upstream.Requests.Should().ContainSingle();
    }

    private void Publish(params ManifestEntry[] entries) => _gateway.Publish(
        [.. entries.Select(entry => entry.Id == "a" ? entry with { Prices = new TokenPrices { Input = 1, Output = 2 } } : entry)], [Routing.Fakes.Entries.Override("drained", OverrideMode.Drain)]);

    private async Task EnterAsync(string state)
    {
        switch (state)
        {
            case "day used up" or "minute used up":
                await _gateway.LimitAsync(Alice, state == "day used up" ? """{"requests_per_day":1}""" : """{"requests_per_minute":1}""");
                using (var first = await _gateway.ChatAsync())
                {
                    first.StatusCode.Should().Be(HttpStatusCode.OK, await first.TextAsync());
                }

                break;
            case "no cap known":
                await _gateway.LimitAsync(Alice, HardBudget);
                break;
            case "no price known":
                _gateway.Prices.UnknownPrice = UnknownPricePolicy.Deny;
                break;
            case "limits unavailable":
                await _gateway.LimitAsync(Alice, """{"requests_per_day":100}""");
                _cluster.Quota("subject/" + Alice).Always = CallFate.Unavailable;
                break;
            case "large body":
                await _gateway.LimitAsync(Alice, """{"max_body_bytes":10}""");
                break;
        }
    }
}
