using System.Globalization;
using System.Text;
using Gateway.Testing.Fuzzing.Requests;

namespace Gateway.Testing.Fuzzing.Upstreams;

/// <summary>Puts a body on the wire: with its length, in chunks of any size, or up to the end of the connection.</summary>
public static class AnswerFraming
{
    private static readonly byte[] PartOfChunk = "data: {"u8.ToArray();

    public static UpstreamScript Whole(FuzzRandom random, string name, int status, string contentType, byte[] payload, ScriptKind kind, string headers = "")
    {
        var head = Head(status, contentType, headers);
        var (bytes, ending) = random.Below(6) switch
        {
            0 or 1 => ((byte[])[.. Encoding.UTF8.GetBytes(head + "Transfer-Encoding: chunked\r\n\r\n"), .. RequestText.Chunked(random, payload)], UpstreamEnding.KeepOpen),
            2 => ([.. Encoding.UTF8.GetBytes(head + "Connection: close\r\n\r\n"), .. payload], UpstreamEnding.Close),
            _ => ([.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{head}Content-Length: {payload.Length}\r\n\r\n")), .. payload], UpstreamEnding.KeepOpen),
        };
        return new UpstreamScript { Name = name, Writes = Split(random, bytes), Ending = ending, Kind = kind, Status = status, Payload = payload };
    }

    /// <summary>A 200 of which only <paramref name="shown"/> arrives. Unless it ends cleanly, its framing says that more was to come.</summary>
    public static UpstreamScript Cut(FuzzRandom random, string name, string contentType, byte[] shown, bool mayEndCleanly)
    {
        var head = Head(200, contentType, "");
        byte[] Bytes(string framing, params byte[] body) => [.. Encoding.UTF8.GetBytes(head + framing + "\r\n\r\n"), .. body];
        var chunked = RequestText.Chunked(random, shown);
        var open = chunked[..^5];
        var ending = random.Pick(UpstreamEnding.Close, UpstreamEnding.Close, UpstreamEnding.Reset);
        var variant = random.Below(mayEndCleanly ? 5 : 3);
        var (bytes, end) = variant switch
        {
            0 => (Bytes($"Content-Length: {(shown.Length + random.Between(1, 5_000)).ToString(CultureInfo.InvariantCulture)}", shown), ending),
            1 => (Bytes("Transfer-Encoding: chunked", [.. open, .. "400\r\n"u8, .. PartOfChunk]), ending),
            2 => (Bytes("Transfer-Encoding: chunked", [.. open, .. random.Pick("zz\r\n", "-1\r\n", "0", "5\r\nabcdefgh\r\n", "ffffffffffffffffff\r\n") is var junk ? Encoding.ASCII.GetBytes(junk) : []]), ending),
            3 => (Bytes("Transfer-Encoding: chunked", chunked), UpstreamEnding.KeepOpen),
            _ => (Bytes("Connection: close", shown), UpstreamEnding.Close),
        };
        return new UpstreamScript { Name = name, Writes = Split(random, bytes), Ending = end, Kind = ScriptKind.Cut, Payload = variant == 1 ? [.. shown, .. PartOfChunk] : shown };
    }

    /// <summary>Mostly one write; sometimes several, their ends anywhere.</summary>
    public static IReadOnlyList<byte[]> Split(FuzzRandom random, byte[] bytes)
    {
        if (!random.OneIn(6) || bytes.Length < 2)
        {
            return [bytes];
        }

        var ends = Enumerable.Range(0, random.Between(1, 6)).Select(_ => random.Between(1, bytes.Length - 1)).Append(bytes.Length).Distinct().Order().ToList();
        return ends.Select((end, place) => bytes[(place == 0 ? 0 : ends[place - 1])..end]).ToList();
    }

    private static string Head(int status, string contentType, string headers) =>
        string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} Scripted\r\n{(contentType.Length == 0 ? "" : $"Content-Type: {contentType}\r\n")}{headers}");
}
