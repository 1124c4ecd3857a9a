using System.IO.Pipelines;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Api.Tests.Http;

public sealed class RequestBodyReaderTests
{
    private const int MaxBytes = 4_000_000;

    [Fact]
    public void A_body_is_the_same_however_it_arrives() =>
        Prop.ForAll(Gen.Choose(1, 3_000_000).ToArbitrary(), Gen.Choose(1, 200_000).ToArbitrary(), ArbMap.Default.ArbFor<bool>(), async (size, piece, lengthKnown) =>
        {
            var bytes = new byte[size];
            new Random(size).NextBytes(bytes);

            var (body, error) = await ReadAsync(bytes, Math.Max(piece, size / 50), lengthKnown ? size : null);

            error.Should().BeNull();
            body!.Memory.Span.SequenceEqual(bytes).Should().BeTrue();
            body.Release();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    [Fact]
    public async Task An_empty_chunked_body_is_called_empty()
    {
        var (body, error) = await ReadAsync([], 1, null);

        body.Should().BeNull();
        error!.Status.Should().Be(400);
    }

    [Fact]
    public async Task A_body_that_the_server_cannot_read_is_the_callers_fault()
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IRequestBodyPipeFeature>(new BrokenBody());

        var (body, error) = await RequestBodyReader.ReadAsync(context.Request, MaxBytes, CancellationToken.None);

        body.Should().BeNull();
        error!.Status.Should().Be(400);
    }

    [Theory]
    [InlineData("gzip", null)]
    [InlineData("zstd", 415)]
    [InlineData("identity, compress", 415)]
    [InlineData("gzip, gzip, gzip", 415)]
    [InlineData("identity", null)]
    [InlineData("Identity", null)]
    [InlineData("", null)]
    public void Unknown_encodings_are_refused(string encoding, int? status)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.ContentEncoding = encoding;

        RequestBodyReader.CheckHeaders(request, MaxBytes)?.Status.Should().Be(status);
    }

    [Theory]
    [InlineData(0L, 400)]
    [InlineData(1L, null)]
    [InlineData((long)MaxBytes, null)]
    [InlineData(MaxBytes + 1L, 413)]
    [InlineData(long.MaxValue, 413)]
    public void A_stated_length_is_judged_before_anything_is_read(long length, int? status)
    {
        var request = new DefaultHttpContext().Request;
        request.ContentLength = length;

        (RequestBodyReader.CheckHeaders(request, MaxBytes)?.Status).Should().Be(status);
    }

    private static async Task<RequestBodyOutcome> ReadAsync(byte[] bytes, int piece, long? length)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var context = new DefaultHttpContext();
        context.Features.Set<IRequestBodyPipeFeature>(new BodyPipe(pipe.Reader));
        context.Request.ContentLength = length;
        var writing = WriteAsync(pipe.Writer, bytes, piece);
        var outcome = await RequestBodyReader.ReadAsync(context.Request, MaxBytes, TestContext.Current.CancellationToken);
        await writing;
        return outcome;
    }

    private static async Task WriteAsync(PipeWriter writer, byte[] bytes, int piece)
    {
        foreach (var chunk in bytes.Chunk(piece))
        {
            await writer.WriteAsync(chunk, TestContext.Current.CancellationToken);
            await Task.Yield();
        }

        await writer.CompleteAsync();
    }

    private sealed class BodyPipe(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader => reader;
    }

    /// <summary>As the server tells of a chunk size that overflows.</summary>
    private sealed class BrokenBody : IRequestBodyPipeFeature
    {
        public BrokenBody()
        {
            var pipe = new Pipe();
            pipe.Writer.Complete(new IOException("Bad chunk size data.", new OverflowException()));
            Reader = pipe.Reader;
        }

        public PipeReader Reader { get; }
    }
}
