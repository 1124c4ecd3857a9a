using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Storage.Keys;

namespace Gateway.Storage.Tests.Keys;

public sealed class KeyHashTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(49)]
    [InlineData(171)]
    [InlineData(4000)]
    public void It_is_the_sha_256_of_the_text_whatever_its_length(int length)
    {
        var text = new string('é', length);

        KeyHash.Of(text).ToArray().Should().Equal(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Equality_and_bytes_agree() =>
        Prop.ForAll(
            Gen.ArrayOf(ArbMap.Default.GeneratorFor<byte>(), KeyHash.Size).ToArbitrary(),
            Gen.Choose(0, (KeyHash.Size * 8) - 1).ToArbitrary(),
            (bytes, bit) =>
            {
                var hash = new KeyHash(bytes);
                var other = (byte[])bytes.Clone();
                other[bit / 8] ^= (byte)(1 << (bit % 8));
                return hash == new KeyHash(hash.ToArray()) && hash != new KeyHash(other);
            }).QuickCheckThrowOnFailure();
}
