using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Authorization;
using Gateway.Api.Authorization.Rules;
using Gateway.Api.Http;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Silo.Settings.Access;

namespace Gateway.Api.Tests.Authorization;

public sealed class AccessRulesTests
{
    private static readonly Caller Alice = new()
    {
        User = "user:corp/alice",
        Groups = new[] { "corp/physics" }.ToFrozenSet(),
        Domains = ["anl.gov"],
        Id = "alice",
        Username = "alice",
        Name = "Alice",
        AuthService = "corp",
    };

    private static readonly Caller Job = new() { Key = "key:k1", Id = "k1", Username = "k1", Name = "job", AuthService = "gateway" };

    private static Caller JobFor(params Operation[] operations) =>
        new() { Key = "key:k1", Operations = operations.ToFrozenSet(), Id = "k1", Username = "k1", Name = "job", AuthService = "gateway" };

    [Fact]
    public void Known_operations_are_those_of_the_routes() =>
        AccessDocument.KnownOperations.Should().Equal(Enum.GetValues<Operation>().Select(operation => operation.Path()));

    public static TheoryData<AccessRuleText, bool> OneRule => new()
    {
        { Rule(), true },
        { Rule() with { Users = ["alice"] }, true },
        { Rule() with { Users = ["user:corp/alice"] }, true },
        { Rule() with { Users = ["other/alice"] }, false },
        { Rule() with { Users = ["bob"] }, false },
        { Rule() with { Groups = ["physics"] }, true },
        { Rule() with { Groups = ["other/physics"] }, false },
        { Rule() with { Domains = ["anl.gov"] }, true },
        { Rule() with { Domains = ["gov"] }, false },
        { Rule() with { Users = ["bob"], Groups = ["physics"] }, true },
        { Rule() with { Keys = ["k1"] }, false },
        { Rule() with { Models = ["m"] }, true },
        { Rule() with { Models = ["m*"] }, true },
        { Rule() with { Models = ["M"] }, false },
        { Rule() with { Models = ["mm*"] }, false },
        { Rule() with { Models = ["*"] }, true },
        { Rule() with { Endpoints = ["e1"] }, true },
        { Rule() with { Endpoints = ["e2"] }, false },
        { Rule() with { Operations = ["chat/completions"] }, true },
        { Rule() with { Operations = ["embeddings"] }, false },
        { Rule() with { Groups = ["physics"], Models = ["m"], Endpoints = ["e*"], Operations = ["chat/completions", "responses"] }, true },
        { Rule() with { Groups = ["physics"], Models = ["other"] }, false },
    };

    [Theory, MemberData(nameof(OneRule))]
    public void A_rule_that_matches_opens_what_is_closed_and_closes_what_is_open(AccessRuleText rule, bool matches)
    {
        Allows(Alice, false, rule).Should().Be(matches);
        Allows(Alice, true, rule with { Allow = false }).Should().Be(!matches);
    }

    [Fact]
    public void A_key_is_named_by_its_id() =>
        Allows(Job, false, Rule() with { Keys = ["k1"] }).Should().BeTrue();

    [Fact]
    public void A_deny_beats_every_allow_whatever_the_order()
    {
        AccessRuleText[] rules = [Rule() with { Users = ["alice"] }, Rule() with { Allow = false, Groups = ["physics"] }, Rule()];

        Allows(Alice, true, rules).Should().BeFalse();
        Allows(Alice, true, [.. rules.Reverse()]).Should().BeFalse();
    }

    [Fact]
    public void Nothing_is_widened_beyond_the_entry_and_the_credential()
    {
        var rules = Rules(false, Rule());
        var restricted = Entries.Live("e1") with { AllowedGroups = ["corp/chem"] };
        var scoped = new Caller { Models = new[] { "other" }.ToFrozenSet(), Id = "x", Username = "x", Name = "x", AuthService = "x" };
        var embedding = new Caller { Operations = new[] { Operation.Embeddings }.ToFrozenSet(), Id = "x", Username = "x", Name = "x", AuthService = "x" };

        AccessPolicy.Allows(Alice, restricted, "m", Operation.ChatCompletions, rules).Should().BeFalse();
        AccessPolicy.Allows(scoped, Entries.Live("e1"), "m", Operation.ChatCompletions, rules).Should().BeFalse();
        AccessPolicy.Allows(embedding, Entries.Live("e1"), "m", Operation.ChatCompletions, rules).Should().BeFalse();
        AccessPolicy.Allows(embedding, Entries.Live("e1"), "m", Operation.Embeddings, rules).Should().BeTrue();
    }

    [Fact]
    public void The_bootstrap_admin_passes_every_rule()
    {
        var admin = new Caller { IsBootstrapAdmin = true, Id = "x", Username = "x", Name = "x", AuthService = "x" };

        AccessPolicy.Allows(admin, Entries.Live("e1"), "m", Operation.ChatCompletions, Rules(false)).Should().BeTrue();
    }

    [Fact]
    public void A_listing_shows_what_is_allowed_for_anything_at_all()
    {
        var rules = Rules(false, Rule() with { Operations = ["embeddings"] });

        rules.Allow(Alice, Entries.Live("e1"), "m", null).Should().BeTrue();
        rules.Allow(Alice, Entries.Live("e1"), "m", Operation.ChatCompletions).Should().BeFalse();
        Rules(true, Rule() with { Allow = false, Operations = ["embeddings"] }).Allow(Alice, Entries.Live("e1"), "m", null).Should().BeTrue();
        Rules(true, Rule() with { Allow = false }).Allow(Alice, Entries.Live("e1"), "m", null).Should().BeFalse();
    }

    [Fact]
    public void A_listing_shows_nothing_that_the_rules_allow_on_routes_only_that_the_key_does_not_have()
    {
        var rules = Rules(false, Rule() with { Operations = ["embeddings"] });

        rules.Allow(JobFor(Operation.ChatCompletions), Entries.Live("e1"), "m", null).Should().BeFalse();
        rules.Allow(JobFor(Operation.ChatCompletions, Operation.Embeddings), Entries.Live("e1"), "m", null).Should().BeTrue();
    }

    [Fact]
    public void A_replaced_document_is_in_force_at_once()
    {
        var options = new AccessOptions();
        var rules = new AccessRules(options, new SubjectNames("corp"));
        rules.Allow(Alice, Entries.Live("e1"), "m", null).Should().BeTrue();

        options.Document = new AccessDocument(false, []);

        rules.Allow(Alice, Entries.Live("e1"), "m", null).Should().BeFalse();
    }

    private static bool Allows(Caller caller, bool byDefault, params AccessRuleText[] rules) =>
        AccessPolicy.Allows(caller, Entries.Live("e1"), "m", Operation.ChatCompletions, Rules(byDefault, rules));

    private static AccessRules Rules(bool byDefault, params AccessRuleText[] rules) =>
        new(new AccessOptions { Document = new AccessDocument(byDefault, ImmutableArray.Create(rules)) }, new SubjectNames("corp"));

    private static AccessRuleText Rule() => new() { Allow = true };
}
