using System.Text;
using Gateway.Fuzz.Calls;

namespace Gateway.Fuzz;

public sealed class AnswerReaderTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", false)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", true)]
    public async Task Answers_are_read_in_pieces_of_any_size(string text, bool whole)
    {
        foreach (var piece in (int[])[1, 7, 1_000])
        {
            var answer = await ReadAsync(text, piece);

            Encoding.ASCII.GetString(answer!.Body).Should().Be("hello");
            answer.IsWhole.Should().Be(whole);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 600 X\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX Y: a\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: \u00e9\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nhello\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nConte")]
    public async Task Nothing_that_is_no_http_passes(string text) => await FluentActions.Awaiting(() => ReadAsync(text, 1_000)).Should().ThrowAsync<InvalidAnswerException>();

    [Fact]
    public async Task A_connection_that_ends_without_a_word_has_no_answer() => (await ReadAsync("", 1)).Should().BeNull();

    private static Task<HttpAnswer?> ReadAsync(string text, int piece)
    {
        var left = Encoding.Latin1.GetBytes(text).AsMemory();
        var reader = new AnswerReader((buffer, _) =>
        {
            var count = Math.Min(Math.Min(piece, buffer.Length), left.Length);
            left[..count].CopyTo(buffer);
            left = left[count..];
            return ValueTask.FromResult(count);
        });
        return reader.ReadAsync("POST", TestContext.Current.CancellationToken);
    }
}
