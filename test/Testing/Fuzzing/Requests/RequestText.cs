using System.Globalization;
using System.Text;

namespace Gateway.Testing.Fuzzing.Requests;

/// <summary>Writes HTTP/1.1 requests as clients do.</summary>
public static class RequestText
{
    public const string CaseHeader = "x-fuzz-case";

    /// <param name="headers">Lines with their ends.</param>
    public static byte[] Create(string method, string target, string caseId, string headers, byte[]? body, FuzzRandom random)
    {
        var head = new StringBuilder().Append(method).Append(' ').Append(target).Append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n")
            .Append(CaseHeader).Append(": ").Append(caseId).Append("\r\n").Append(headers);
        if (body is null)
        {
            return Encoding.UTF8.GetBytes(head.Append("\r\n").ToString());
        }

        if (!headers.Contains("Content-Type:", StringComparison.Ordinal) && !random.OneIn(10))
        {
            head.Append("Content-Type: application/json\r\n");
        }

        if (random.OneIn(5))
        {
            return [.. Encoding.UTF8.GetBytes(head.Append("Transfer-Encoding: chunked\r\n\r\n").ToString()), .. Chunked(random, body)];
        }

        head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n");
        return [.. Encoding.UTF8.GetBytes(head.ToString()), .. body];
    }

    /// <summary>A chunked body in pieces of any size, their ends at any byte.</summary>
    public static byte[] Chunked(FuzzRandom random, byte[] body)
    {
        using var framed = new MemoryStream();
        var longest = random.OneIn(4) ? 3 : Math.Max(1, body.Length / 2);
        if (body.Length > 4_000)
        {
            longest = body.Length;
        }

        for (var at = 0; at < body.Length;)
        {
            var size = Math.Min(body.Length - at, random.Between(1, longest));
            var extension = random.OneIn(20) ? ";a=b" : "";
            framed.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{size:x}{extension}\r\n")));
            framed.Write(body, at, size);
            framed.Write("\r\n"u8);
            at += size;
        }

        framed.Write("0\r\n\r\n"u8);
        return framed.ToArray();
    }
}
