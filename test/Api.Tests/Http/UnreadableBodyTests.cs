using System.Text;
using Gateway.Api.Http;
using Gateway.Api.Management;
using Gateway.Api.Management.Keys;
using Microsoft.AspNetCore.Http;

namespace Gateway.Api.Tests.Http;

public sealed class UnreadableBodyTests
{
    [Theory]
    [InlineData("""{"name":"\ud800"}""")]
    [InlineData("""{"\udc00name":1}""")]
    [InlineData("""{"name":["a","x\ud83d"]}""")]
    public async Task Half_of_a_surrogate_pair_is_the_callers_fault(string json)
    {
        var body = Encoding.UTF8.GetBytes(json);

        (await ManagementBody.ReadAsync(With(new MemoryStream(body)))).Error!.Status.Should().Be(400);
        (await BoundedJson.ReadAsync(With(new MemoryStream(body)).Request, 1_000, CancellationToken.None)).Should().BeNull();
    }

    [Fact]
    public async Task A_body_that_the_server_cannot_read_is_the_callers_fault()
    {
        (await ManagementBody.ReadAsync(With(new BrokenStream()))).Error!.Status.Should().Be(400);
        (await BoundedJson.ReadAsync(With(new BrokenStream()).Request, 1_000, CancellationToken.None)).Should().BeNull();
    }

    [Theory]
    [InlineData("""{"name":"\ud83d\ude00","n\u0061me2":"a\"b","x":[1,null]}""", true)]
    [InlineData("""{"name":"\ud83d"}""", false)]
    public void Escapes_that_spell_text_are_text(string json, bool isText) => UnreadableBody.HasOnlyText(Encoding.UTF8.GetBytes(json)).Should().Be(isText);

    [Fact]
    public void Invalid_utf8_is_no_text() => UnreadableBody.HasOnlyText([(byte)'"', 0xFF, (byte)'"']).Should().BeFalse();

    private static DefaultHttpContext With(Stream body) => new() { Request = { Body = body } };

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("Bad chunk size data.");
    }
}
