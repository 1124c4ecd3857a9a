using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Forwarding.Answers;

namespace Gateway.Api.Tests.Forwarding.Answers;

public sealed class SecretScanTests
{
    [Fact]
    public void A_secret_is_found_however_its_letters_are_escaped() =>
        Prop.ForAll(Gen.ArrayOf(ArbMap.Default.GeneratorFor<bool>(), "sk-secret".Length).ToArbitrary(), escaped =>
        {
            var spelled = string.Concat("sk-secret".Select((letter, index) => escaped[index] ? $"\\u{(int)letter:x4}" : letter.ToString()));
            return !SecretScan.IsClean(Encoding.UTF8.GetBytes($$$"""{"a":["x{{{spelled}}}y"]}"""), Failures.Candidate().Target);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("""{"error":{"message":"messages must not be empty"}}""", true)]
    [InlineData("""{"error":{"message":"wrong key: EMPTY"}}""", false)]
    [InlineData("""{"error":{"message":"\u0045MPTY"}}""", false)]
    public void A_key_is_found_only_as_it_is_spelled(string body, bool clean) =>
        SecretScan.IsClean(Encoding.UTF8.GetBytes(body), Failures.Candidate(key: "EMPTY").Target).Should().Be(clean);

    [Theory]
    [InlineData("""{"error":"fine \n"}""", true)]
    [InlineData("plain", true)]
    [InlineData("""{"error":"UPSTREAM.TEST"}""", false)]
    [InlineData("""{"upstream\u002etest":1}""", false)]
    [InlineData("""broken \u0073k-secret""", false)]
    public void What_cannot_be_shown_is_told_from_what_can(string body, bool clean) =>
        SecretScan.IsClean(Encoding.UTF8.GetBytes(body), Failures.Candidate().Target).Should().Be(clean);
}
