using System.Text;

namespace Gateway.Testing.Fuzzing.Upstreams;

/// <summary>Upstreams that do not speak HTTP, or stop in the middle of a head.</summary>
public static class TransportScripts
{
    public static UpstreamScript Create(FuzzRandom random)
    {
        var ending = random.Pick(UpstreamEnding.Close, UpstreamEnding.Reset);
        return random.Below(10) switch
        {
            0 => Script("nothing", "", ending),
            1 => Script("part of a head", "HTTP/1.1 200 OK\r\nContent-Ty", ending),
            2 => Script("no HTTP", random.Pick("\0\0\0\0\r\n\r\n", "SSH-2.0-x\r\n\r\n", "ICY 200 OK\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "<html></html>"), ending),
            3 => Script("huge head", "HTTP/1.1 200 OK\r\nX-Long: " + new string('h', 80_000) + "\r\n\r\n", UpstreamEnding.Close),
            4 => Script("wrong length", $"HTTP/1.1 200 OK\r\nContent-Length: {random.Pick("-1", "x", "1, 2", "99999999999999999999")}\r\n\r\n{{}}", UpstreamEnding.Close),
            5 => Script("bad header", "HTTP/1.1 200 OK\r\n" + random.Pick("X Y: a", ": a", "X\0: a", "no colon") + "\r\nContent-Length: 2\r\n\r\n{}", UpstreamEnding.Close),
            6 => Script("interim answers", string.Concat(Enumerable.Repeat("HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n", random.Between(1, 60))), ending),
            7 => Script("upgrade", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", ending),
            8 => Script("random bytes", Encoding.Latin1.GetString(random.Bytes(random.Between(1, 200))), ending),
            _ => Script("more than its length", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n\r\n", UpstreamEnding.Close) with { Payload = "{}"u8.ToArray() },
        };
    }

    /// <summary>The request is taken and never answered.</summary>
    public static UpstreamScript Silence(FuzzRandom random) =>
        Script("silence", random.Pick("", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"), UpstreamEnding.Silence) with { Kind = ScriptKind.Cut };

    private static UpstreamScript Script(string name, string text, UpstreamEnding ending) =>
        new() { Name = name, Writes = text.Length == 0 ? [] : [Encoding.Latin1.GetBytes(text)], Ending = ending, Kind = ScriptKind.Unknown, Status = 0 };
}
