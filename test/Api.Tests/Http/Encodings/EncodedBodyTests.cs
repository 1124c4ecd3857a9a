using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Http;
using Gateway.Api.Http.Encodings;
using Microsoft.AspNetCore.Http;

namespace Gateway.Api.Tests.Http.Encodings;

public sealed class EncodedBodyTests
{
    internal const int MaxBytes = 32 << 20;

    [Fact]
    public void A_body_comes_out_as_it_went_in_whatever_the_codings() =>
        Prop.ForAll(Gen.Choose(1, 300_000).ToArbitrary(), Gen.SubListOf(Enum.GetValues<ContentCoding>()).Where(codings => codings.Count is 1 or 2).ToArbitrary(), async (size, codings) =>
        {
            var plain = new byte[size];
            new Random(size).NextBytes(plain);

            var (body, error) = await ReadAsync(Encode(plain, [.. codings]), [.. codings]);

            error.Should().BeNull();
            body!.Memory.Span.SequenceEqual(plain).Should().BeTrue();
            body.Release();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, 413)]
    public async Task The_bound_is_that_of_a_plain_body_to_the_byte(int more, int? status)
    {
        var encoded = Encode(new byte[MaxBytes + more], ContentCoding.Brotli);

        var (body, error) = await ReadAsync(encoded, ContentCoding.Brotli);

        (error?.Status).Should().Be(status);
        (body?.Length).Should().Be(status is null ? MaxBytes : null);
        body?.Release();
    }

    [Fact]
    public async Task A_bomb_inside_a_bomb_is_bounded_between_the_two()
    {
        var (_, error) = await ReadAsync(Nested(), ContentCoding.Gzip, ContentCoding.Gzip);

        error!.Status.Should().Be(413);
    }

    [Theory]
    [InlineData(ContentCoding.Gzip)]
    [InlineData(ContentCoding.Brotli)]
    [InlineData(ContentCoding.Deflate)]
    public async Task A_body_that_was_cut_off_is_not_taken_for_a_shorter_one(ContentCoding coding)
    {
        var encoded = Encode(Encoding.UTF8.GetBytes(Calls()), coding);

        foreach (var kept in (int[])[1, 2, encoded.Length / 2, encoded.Length - 1])
        {
            var (body, error) = await ReadAsync(encoded[..kept], coding);

            body.Should().BeNull("{0} of {1} bytes are no body", kept, encoded.Length);
            error!.Code.Should().Be("invalid_encoding");
        }
    }

    [Fact]
    public async Task A_dictionary_that_nobody_has_is_the_callers_fault()
    {
        var (_, error) = await ReadAsync([0x78, 0x20, 0, 0, 0, 1], ContentCoding.Deflate);

        error!.Code.Should().Be("invalid_encoding");
    }

    [Theory]
    [InlineData(ContentCoding.Gzip)]
    [InlineData(ContentCoding.Brotli)]
    [InlineData(ContentCoding.Deflate)]
    public async Task Bytes_that_are_no_such_coding_are_the_callers_fault(ContentCoding coding)
    {
        var (_, error) = await ReadAsync(Encoding.UTF8.GetBytes(Calls()), coding);

        error!.Status.Should().Be(400);
        error.Code.Should().Be("invalid_encoding");
    }

    [Theory]
    [InlineData(ContentCoding.Gzip)]
    [InlineData(ContentCoding.Brotli)]
    [InlineData(ContentCoding.Deflate)]
    public async Task Nothing_compressed_is_nothing(ContentCoding coding)
    {
        var (_, error) = await ReadAsync(Encode([], coding), coding);

        error!.Status.Should().Be(400);
        error.Message.Should().Contain("empty");
    }

    [Fact]
    public void A_plain_body_does_not_come_here()
    {
        var request = new DefaultHttpContext().Request;
        EncodedBodyReader.IsEncoded(request).Should().BeFalse();

        request.Headers.ContentEncoding = "identity";
        EncodedBodyReader.IsEncoded(request).Should().BeFalse();
    }

    // 64 MiB of empty gzip members inside of a gzip: nothing ever comes out, yet all of them would have to be looked at.
    private static byte[] Nested()
    {
        ReadOnlySpan<byte> empty = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        using var members = new MemoryStream();
        while (members.Length < 64 << 20)
        {
            members.Write(empty);
        }

        return Encode(members.ToArray(), ContentCoding.Gzip);
    }

    private static string Calls() => """{"model":"m","messages":[{"role":"user","content":"Hello, hello, hello"}]}""";

    private static byte[] Encode(byte[] plain, params ReadOnlySpan<ContentCoding> codings)
    {
        foreach (var coding in codings)
        {
            plain = Compressed.Apply(coding, plain);
        }

        return plain;
    }

    internal static async Task<RequestBodyOutcome> ReadAsync(byte[] encoded, params ContentCoding[] codings)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(encoded);
        context.Request.Headers.ContentEncoding = string.Join(", ", codings.Select(Compressed.Name));
        EncodedBodyReader.IsEncoded(context.Request).Should().BeTrue();
        return await EncodedBodyReader.ReadAsync(context.Request, MaxBytes, TestContext.Current.CancellationToken);
    }
}
