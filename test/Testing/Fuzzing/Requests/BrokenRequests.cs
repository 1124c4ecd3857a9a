using System.Globalization;
using System.Text;

namespace Gateway.Testing.Fuzzing.Requests;

/// <summary>What is no HTTP, hardly HTTP, or HTTP that two readers frame differently.</summary>
public static class BrokenRequests
{
    /// <summary>Stands in place of the case's id in a request that is hidden in another one's body.</summary>
    public const string Smuggled = "smuggled";

    /// <param name="inner">A good request that nobody may take for one.</param>
    /// <returns>The bytes; refused: none of it may reach an upstream.</returns>
    public static (byte[] Bytes, Expectation Expectation) Create(FuzzRandom random, byte[] good, byte[] inner)
    {
        var text = Encoding.Latin1.GetString(good);
        var headEnd = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var head = text[..headEnd];
        var body = text[(headEnd + 4)..];
        var bare = WithoutFraming(head);
        switch (random.Below(16))
        {
            case 0:
                return (random.Bytes(random.Between(1, 400)), Expectation.Refused);
            case 1:
                return (Latin(random.Pick("\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "SSH-2.0-x\r\n", "\r\n\r\n\r\n\r\nGET\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "POST / HTTP/9.9\r\n\r\n", "GET  /  HTTP/1.1\r\n\r\n")), Expectation.Refused);
            case 2:
                return (Latin($"{head.Replace("HTTP/1.1", random.Pick("HTTP/1.2", "HTTP/3.0", "HTTP/1", "http/1.1", "HTTP/1.1 x", "FTP/1.1"), StringComparison.Ordinal)}\r\n\r\n{body}"), Expectation.Refused);
            case 3:
                return (Latin($"{head.Replace("Host: 127.0.0.1\r\n", random.Pick("", "Host: a\r\nHost: b\r\n", "Host: a b\r\n", "Host: a/b\r\n"), StringComparison.Ordinal)}\r\n\r\n{body}"), Expectation.Refused);
            case 4:
                return (Latin($"{bare}Content-Length: {random.Pick("-1", "x", "1e3", "0x10", "99999999999999999999", "1, 2", "+5", "5 5")}\r\n\r\n{body}"), Expectation.Refused);
            case 5:
                return (Latin($"{bare}Content-Length: {body.Length}\r\nContent-Length: {body.Length + 1}\r\n\r\n{body}"), Expectation.Refused);
            case 6:
                return (Latin($"{bare}Transfer-Encoding: {random.Pick("x", "gzip", "chunked, gzip", "identity", "xchunked", "chunked, x")}\r\n\r\n0\r\n\r\n"), Expectation.Refused);
            case 7:
                return (Latin($"{bare}Transfer-Encoding: chunked\r\n\r\n{random.Pick("zz", "-1", "fffffffffffffffff", "1", "5\n", " 5", "0x5")}\r\n{body}"), Expectation.Refused);
            case 8:
                // Two framings: whoever believes the length sees one request, whoever believes the chunks sees two.
                return ([.. Latin($"{bare}Content-Length: {inner.Length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), .. inner], Expectation.Refused);
            case 9:
                return ([.. Latin($"{bare}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"), .. inner], Expectation.Refused);
            case 10:
                return ([.. Latin($"{bare}Content-Length: 0\r\nContent-Length: {inner.Length}\r\n\r\n"), .. inner], Expectation.Refused);
            case 11:
                return (Latin($"{head}\r\n{random.Pick("X Y: a", ": a", "X-Bad\0: a", "X: a\0b", " folded: a", "\tx", "X-No-Colon", "X : a")}\r\n\r\n{body}"), Expectation.Refused);
            case 12:
                return (Latin($"{head[..head.IndexOf(' ', StringComparison.Ordinal)]} /{new string('a', random.Between(8_200, 20_000))} HTTP/1.1\r\nHost: a\r\n\r\n"), Expectation.Refused);
            case 13:
                return (ByteMutations.Truncate(random, Latin(head)), Expectation.Refused);
            case 14:
                return (Latin($"{bare}Content-Length: {(body.Length + 50).ToString(CultureInfo.InvariantCulture)}\r\n\r\n{body}"), Expectation.Refused);
            default:
                return ([.. Damaged(random, head), .. Latin("\r\n\r\n" + body)], Expectation.Unknown);
        }
    }

    /// <summary>The line with the case's id stays, and stays in front of whatever else may go wrong.</summary>
    private static byte[] Damaged(FuzzRandom random, string head)
    {
        var lines = head.Split("\r\n").ToList();
        var id = lines.Find(line => line.StartsWith(RequestText.CaseHeader, StringComparison.Ordinal))!;
        lines.Remove(id);
        var first = Latin(lines[0]);
        return [.. random.OneIn(3) ? ByteMutations.Apply(random, first) : first, .. Latin($"\r\n{id}\r\n"), .. ByteMutations.Apply(random, Latin(string.Join("\r\n", lines.Skip(1))))];
    }

    private static string WithoutFraming(string head) =>
        string.Concat(head.Split("\r\n").Where(line => !line.StartsWith("Content-Length", StringComparison.Ordinal) && !line.StartsWith("Transfer-Encoding", StringComparison.Ordinal)).Select(line => line + "\r\n"));

    private static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);
}
