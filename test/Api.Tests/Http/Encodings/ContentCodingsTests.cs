using Gateway.Api.Http.Encodings;
using Microsoft.Extensions.Primitives;

namespace Gateway.Api.Tests.Http.Encodings;

public sealed class ContentCodingsTests
{
    [Theory]
    [InlineData("", null, null)]
    [InlineData("identity", null, null)]
    [InlineData(" , identity ,", null, null)]
    [InlineData("gzip", ContentCoding.Gzip, null)]
    [InlineData("X-GZIP", ContentCoding.Gzip, null)]
    [InlineData("br", ContentCoding.Brotli, null)]
    [InlineData("identity, deflate\t", ContentCoding.Deflate, null)]
    [InlineData("gzip,br", ContentCoding.Gzip, ContentCoding.Brotli)]
    public void Codings_keep_the_order_in_which_they_were_applied(string text, ContentCoding? first, ContentCoding? second)
    {
        ContentCodings.TryParse(text, out var codings).Should().BeTrue();

        codings.Should().Be(new ContentCodings(first, second));
    }

    [Fact]
    public void Several_headers_are_one_list()
    {
        ContentCodings.TryParse(new StringValues(["gzip", "br"]), out var codings).Should().BeTrue();

        codings.Should().Be(new ContentCodings(ContentCoding.Gzip, ContentCoding.Brotli));
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("gzip zstd")]
    [InlineData("gzip;q=1")]
    [InlineData("gzip, compress")]
    [InlineData("gzip, br, deflate")]
    [InlineData("identity, gzip, gzip, gzip")]
    [InlineData("*")]
    public void Unknown_codings_and_too_many_are_told_apart_from_none(string text) => ContentCodings.TryParse(text, out _).Should().BeFalse();
}
