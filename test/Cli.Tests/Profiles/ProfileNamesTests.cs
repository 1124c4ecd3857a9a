using FsCheck;
using FsCheck.Fluent;

namespace Gateway.Cli.Profiles;

public sealed class ProfileNamesTests
{
    [Theory]
    [InlineData("https://gateway.example.com", "gateway.example.com")]
    [InlineData("http://127.0.0.1:8000/path", "127.0.0.1")]
    [InlineData("http://[::1]:9", "1")]
    [InlineData("http://[2001:db8::5]", "2001-db8--5")]
    [InlineData("https://bücher.example", "xn--bcher-kva.example")]
    [InlineData("http://[::]:9", "gateway")]
    public void A_gateway_gives_its_profile_a_name_that_can_be_used(string gateway, string name)
    {
        ProfileNames.Of(gateway, _ => false).Should().Be(name);
        ProfileNames.Check(name).Should().Be(name);
    }

    [Fact]
    public void A_name_that_is_taken_is_numbered_and_a_long_one_cut()
    {
        var host = string.Join('.', Enumerable.Repeat("abcdefghi", 8));
        var taken = new HashSet<string>();
        for (var number = 1; number < 12; number++)
        {
            var name = ProfileNames.Of("https://" + host, taken.Contains);
            taken.Add(ProfileNames.Check(name)).Should().BeTrue();
            name.Should().StartWith("abcdefghi.").And.EndWith(number == 1 ? "" : "-" + number);
        }
    }

    [Fact]
    public void Any_address_gives_a_name_that_can_be_used() =>
        Prop.ForAll(
            Gen.Choose(0, ushort.MaxValue).ArrayOf(8).ToArbitrary(),
            groups => ProfileNames.Check(ProfileNames.Of($"http://[{string.Join(':', groups.Select(group => group.ToString("x", null)))}]:80", _ => false)).Length > 0)
            .QuickCheckThrowOnFailure();
}
