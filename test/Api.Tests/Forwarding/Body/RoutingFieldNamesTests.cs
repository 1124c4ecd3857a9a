using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Forwarding.Body;

namespace Gateway.Api.Tests.Forwarding.Body;

public sealed class RoutingFieldNamesTests
{
    private static readonly RoutingField[] Fields = [.. Enum.GetValues<RoutingField>().Where(field => field is not RoutingField.None)];

    [Fact]
    public void Every_field_is_found_by_its_own_name()
    {
        foreach (var field in Fields)
        {
            RoutingFieldNames.Match(Encoding.UTF8.GetBytes(field.Name()), out var exact).Should().Be(field);
            exact.Should().BeTrue();
        }
    }

    [Fact]
    public void Every_other_spelling_that_folds_to_a_field_is_found_and_called_inexact() =>
        Prop.ForAll(Gen.Elements(Fields).ToArbitrary(), ArbMap.Default.ArbFor<int>(), (field, seed) =>
        {
            var random = new Random(seed);
            var spelled = string.Concat(field.Name().Select(letter => Variant(letter, random.Next(3))));
            var found = RoutingFieldNames.Match(Encoding.UTF8.GetBytes(spelled), out var exact);
            return found == field && exact == (spelled == field.Name());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Names_that_do_not_fold_to_a_field_are_none() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), name =>
            RoutingFieldNames.Match(Encoding.UTF8.GetBytes(name.Get), out _) is RoutingField.None
            || Fields.Any(field => field.Name().Equals(name.Get, StringComparison.OrdinalIgnoreCase))).QuickCheckThrowOnFailure();

    [Fact]
    public void The_longest_name_fits_its_bound_when_every_letter_is_escaped() =>
        Fields.Max(field => field.Name().Length * 6).Should().Be(RoutingFieldNames.MaxEscapedLength);

    private static string Variant(char letter, int way) => (letter, way) switch
    {
        ('s', 2) => "\u017f",
        ('k', 2) => "\u212a",
        (_, 1) => char.ToUpperInvariant(letter).ToString(),
        _ => letter.ToString(),
    };
}
