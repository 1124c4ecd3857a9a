using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Authentication.Subjects;
using Gateway.Silo.Settings.Subjects;

namespace Gateway.Api.Tests.Authentication.Subjects;

public sealed class SubjectNamesTests
{
    private static readonly SubjectNames Names = new("local");

    [Theory]
    [InlineData("alice", "local/alice", "user:alice")]
    [InlineData("user:alice", "local/alice", "user:alice")]
    [InlineData("user:local/alice", "local/alice", "user:alice")]
    [InlineData("local/alice", "local/alice", "user:alice")]
    [InlineData("corp/alice", "corp/alice", "user:corp/alice")]
    [InlineData("user:corp/alice@x.org", "corp/alice@x.org", "user:corp/alice@x.org")]
    [InlineData("local/a/b", "local/a/b", "user:local/a/b")]
    [InlineData("localhost/alice", "localhost/alice", "user:localhost/alice")]
    [InlineData("Zoë Ünal", "local/Zoë Ünal", "user:Zoë Ünal")]
    public void Every_way_to_write_a_subject_has_one_stored_and_one_shown_form(string written, string stored, string shown)
    {
        Names.Qualify(SubjectNames.User, written).Should().Be(stored);
        Names.ShowSubject(SubjectNames.User + stored).Should().Be(shown);
    }

    [Theory]
    [InlineData("")]
    [InlineData("user:")]
    [InlineData(" alice")]
    [InlineData("alice ")]
    [InlineData("Corp/alice")]
    [InlineData("https://idp/alice")]
    [InlineData("/alice")]
    [InlineData("corp/")]
    [InlineData("al\u0000ice")]
    [InlineData("al\nice")]
    [InlineData("al\u200Bice")]
    [InlineData("al\u202Eice")]
    public void What_breaks_the_grammar_is_refused(string written) => Names.Qualify(SubjectNames.User, written).Should().BeNull();

    [Fact]
    public void Broken_utf_16_is_refused() => SubjectGrammar.IsId("al" + (char)0xD800 + "ice").Should().BeFalse();

    [Fact]
    public void Lengths_are_bounded()
    {
        SubjectGrammar.IsId(new string('a', SubjectGrammar.MaxIdLength)).Should().BeTrue();
        SubjectGrammar.IsId(new string('a', SubjectGrammar.MaxIdLength + 1)).Should().BeFalse();
        SubjectGrammar.IsAlias(new string('a', SubjectGrammar.MaxAliasLength + 1)).Should().BeFalse();
    }

    [Fact]
    public void The_kind_of_another_subject_is_part_of_the_name() =>
        Names.Qualify(SubjectNames.Group, "user:alice").Should().Be("local/user:alice");

    [Fact]
    public void A_key_is_shown_as_it_is() => Names.ShowSubject("key:abc").Should().Be("key:abc");

    [Fact]
    public void What_is_shown_leads_back_to_what_is_stored()
    {
        var alias = Gen.Elements("local", "corp", "a-1", "user");
        var id = ArbMap.Default.GeneratorFor<string>().Where(text => text is not null && SubjectGrammar.IsId(text));
        var tricky = Gen.Elements("user:alice", "corp/alice", "group:x", "local/alice", "a/b/c", "user:corp/x");
        Prop.ForAll(
            alias.ToArbitrary(),
            Gen.OneOf(id, tricky).ToArbitrary(),
            Gen.Elements(SubjectNames.User, SubjectNames.Group, SubjectNames.Project).ToArbitrary(),
            (issuer, name, kind) => Names.Qualify(kind, Names.Show(kind, $"{issuer}/{name}")) == $"{issuer}/{name}").QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Whatever_is_accepted_has_exactly_one_stored_form() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<string>(),
            text => text is null || Names.Qualify(SubjectNames.User, text) is not { } stored || Names.Qualify(SubjectNames.User, stored) == stored).QuickCheckThrowOnFailure();
}
