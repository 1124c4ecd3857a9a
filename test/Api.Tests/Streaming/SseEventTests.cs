using System.Text;
using Gateway.Api.Streaming;

namespace Gateway.Api.Tests.Streaming;

public sealed class SseEventTests
{
    [Theory]
    [InlineData("data: a\n\n", "", "a")]
    [InlineData("data:a\r\n\r\n", "", "a")]
    [InlineData("data:  a \n\n", "", " a ")]
    [InlineData("event: x\rdata: a\r\r", "x", "a")]
    [InlineData("data: a\ndata\ndata: b\ndata: c\nevent: late\n\n", "late", "a\n\nb\nc")]
    [InlineData("\uFEFFdata: a\n\n", "", "a")]
    [InlineData("datax: no\nid: 1\nretry: 5\ndata: a", "", "a")]
    public void Fields_are_read(string bytes, string name, string data)
    {
        var sseEvent = SseEvent.Parse(Encoding.UTF8.GetBytes(bytes));

        Encoding.UTF8.GetString(sseEvent.Name).Should().Be(name);
        Encoding.UTF8.GetString(sseEvent.Data).Should().Be(data);
        sseEvent.HasData.Should().BeTrue();
    }

    [Theory]
    [InlineData(": comment\n\n")]
    [InlineData("\n")]
    [InlineData("id: 1\n\n")]
    [InlineData("")]
    public void An_event_without_data_says_so(string bytes) =>
        SseEvent.Parse(Encoding.UTF8.GetBytes(bytes)).HasData.Should().BeFalse();

    [Fact]
    public void An_empty_data_field_is_data() => SseEvent.Parse("data:\n\n"u8).HasData.Should().BeTrue();

    [Fact]
    public void Very_many_data_lines_are_joined()
    {
        var lines = string.Concat(Enumerable.Range(0, 100_000).Select(static i => $"data: {i % 10}\n"));

        SseEvent.Parse(Encoding.UTF8.GetBytes(lines + "\n")).Data.Length.Should().Be(199_999);
    }
}
