using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Storage.Keys;

namespace Gateway.Storage.Tests.Keys;

public sealed class ApiKeyTextProperties
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    [Fact]
    public void A_created_key_is_well_formed_and_unlike_every_other()
    {
        var keys = Enumerable.Range(0, 500).Select(_ => ApiKeyText.Create()).ToList();

        keys.Should().OnlyHaveUniqueItems().And.OnlyContain(key => ApiKeyText.IsWellFormed(key));
        keys.Should().OnlyContain(key => key.Length == ApiKeyText.Length && key.StartsWith("gw-"));
        keys.SelectMany(key => key[3..]).Distinct().Should().BeSubsetOf(Base62).And.HaveCount(62);
    }

    [Fact]
    public void Any_single_changed_character_is_detected()
    {
        var key = ApiKeyText.Create();
        for (var position = 0; position < key.Length; position++)
        {
            foreach (var replacement in Base62 + "-_ é\0")
            {
                if (replacement != key[position])
                {
                    ApiKeyText.IsWellFormed(key[..position] + replacement + key[(position + 1)..]).Should().BeFalse();
                }
            }
        }
    }

    [Fact]
    public void Swapped_neighbours_and_missing_or_additional_characters_are_detected() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<NonNegativeInt>(),
            seed =>
            {
                var key = ApiKeyText.Create();
                var i = seed.Get % (key.Length - 1);
                var swapped = key[..i] + key[i + 1] + key[i] + key[(i + 2)..];
                return (swapped == key || !ApiKeyText.IsWellFormed(swapped))
                    && !ApiKeyText.IsWellFormed(key.Remove(i, 1))
                    && !ApiKeyText.IsWellFormed(key.Insert(i, "a"));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Arbitrary_text_is_never_well_formed() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<string>(),
            text => text is null || (!ApiKeyText.IsWellFormed(text) && !ApiKeyText.IsWellFormed("gw-" + text))).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("123456789", 0xCBF43926)]
    [InlineData("", 0)]
    [InlineData("a", 0xE8B7BE43)]
    public void The_checksum_is_the_published_crc_32(string text, uint expected) =>
        Crc32.Of(Encoding.ASCII.GetBytes(text)).Should().Be(expected);
}
