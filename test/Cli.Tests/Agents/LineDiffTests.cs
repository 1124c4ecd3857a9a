namespace Gateway.Cli.Agents;

public sealed class LineDiffTests
{
    [Theory]
    [InlineData("", "", "")]
    [InlineData("a\nb\n", "a\nb\n", "")]
    [InlineData("", "a\nb\n", "+a|+b")]
    [InlineData("a\nb\n", "", "-a|-b")]
    [InlineData("a\nb\nc\n", "a\nx\nc\n", " a|-b|+x| c")]
    [InlineData("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", "+0| 1| 2|@@| 8| 9|+10")]
    public void Changed_lines_are_shown_with_their_neighbours(string before, string after, string expected) =>
        string.Join('|', LineDiff.Of(before, after)).Should().Be(expected);
}
