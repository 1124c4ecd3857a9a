using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Authentication.Tokens;
using Gateway.Storage.Keys;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Api.Tests.Authentication.Tokens;

public sealed class TokenMutationProperties
{
    private const string Base64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    [Fact]
    public async Task A_token_with_any_changed_byte_never_authenticates()
    {
        await using var host = await TokenHost.StartAsync();
        var token = host.Token();
        (await host.AuthenticateAsync(token)).Caller.Should().NotBeNull();

        // The last character may carry bits that no decoder reads, so it can change without changing a byte.
        var cases = Gen.Sample(Gen.Zip(Gen.Choose(0, token.Length - 2), Gen.Elements(Base64Url.ToCharArray())), 300, 300);
        foreach (var (position, replacement) in cases)
        {
            var mutated = token[..position] + replacement + token[(position + 1)..];
            if (!SameBytes(mutated, token))
            {
                var outcome = await host.AuthenticateAsync(mutated);
                outcome.Caller.Should().BeNull();
                outcome.Error!.Status.Should().BeOneOf(401, 503);
            }
        }
    }

    [Fact]
    public async Task Arbitrary_credentials_are_refused_and_never_fail_otherwise()
    {
        await using var host = await TokenHost.StartAsync();
        var text = ArbMap.Default.GeneratorFor<NonNull<string>>().Select(value => new string([.. value.Get.Where(character => character is > ' ' and < '\u007f')]));
        var shapes = Gen.OneOf(
            text,
            text.Select(value => "gw-" + value),
            text.Select(value => Base64UrlEncoder.Encode(value) + "." + Base64UrlEncoder.Encode(value) + "." + Base64UrlEncoder.Encode(value)),
            text.Select(value => Base64UrlEncoder.Encode("""{"alg":"RS256"}""") + "." + Base64UrlEncoder.Encode("{\"iss\":" + value + "}") + ".AAAA"));

        foreach (var credential in Gen.Sample(shapes, 50, 200))
        {
            (await host.AuthenticateAsync(credential)).Error!.Status.Should().Be(401);
        }
    }

    [Fact]
    public void Only_three_base64url_parts_look_like_a_token() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<NonNull<string>>(),
            text =>
            {
                var isToken = TokenVerifier.IsToken(text.Get);
                return !isToken || (text.Get.Split('.').Length == 3 && text.Get.All(character => Base64Url.Contains(character) || character == '.'));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_key_is_never_taken_for_a_token() => TokenVerifier.IsToken(ApiKeyText.Create()).Should().BeFalse();

    private static bool SameBytes(string left, string right)
    {
        try
        {
            return left.Split('.').Select(Base64UrlEncoder.DecodeBytes).Zip(right.Split('.').Select(Base64UrlEncoder.DecodeBytes)).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
