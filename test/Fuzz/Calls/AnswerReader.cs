using System.Globalization;
using System.Text;

namespace Gateway.Fuzz.Calls;

/// <summary>Reads HTTP/1.1 answers without any leniency.</summary>
/// <param name="read">0: the server closed or reset the connection.</param>
internal sealed class AnswerReader(Func<Memory<byte>, CancellationToken, ValueTask<int>> read)
{
    private byte[] buffer = new byte[16 * 1024];
    private int start;
    private int end;

    private ReadOnlySpan<byte> Unread => buffer.AsSpan(start, end - start);

    /// <returns>Null: the server closed without a word.</returns>
    /// <exception cref="InvalidAnswerException">It is no HTTP.</exception>
    public async Task<HttpAnswer?> ReadAsync(string method, CancellationToken cancellationToken)
    {
        while (true)
        {
            var headEnd = await FindAsync("\r\n\r\n"u8.ToArray(), cancellationToken);
            if (headEnd < 0)
            {
                return Unread.IsEmpty ? null : throw new InvalidAnswerException($"The connection ended in the head of an answer: {Encoding.Latin1.GetString(Unread)}");
            }

            var head = Unread[..(headEnd + 4)].ToArray();
            start += headEnd + 4;
            var (status, headers) = ParseHead(head);
            if (status >= 200)
            {
                return await ReadBodyAsync(new HttpAnswer(status, headers, head, [], true), method, cancellationToken);
            }
        }
    }

    private static (int Status, List<KeyValuePair<string, string>> Headers) ParseHead(byte[] head)
    {
        var lines = Encoding.Latin1.GetString(head)[..^4].Split("\r\n");
        if (lines[0].Length < 13 || !lines[0].StartsWith("HTTP/1.1 ", StringComparison.Ordinal) || lines[0][12] != ' '
            || !int.TryParse(lines[0].AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status is < 100 or > 599)
        {
            throw new InvalidAnswerException($"The status line is none: {lines[0]}");
        }

        var headers = new List<KeyValuePair<string, string>>(lines.Length);
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1 || line.AsSpan(0, colon).ContainsAny(" \t") || line.AsSpan().ContainsAnyInRange('\0', '\b') || line.Any(character => character > '~'))
            {
                throw new InvalidAnswerException($"The header line is none: {line}");
            }

            headers.Add(new(line[..colon], line[(colon + 1)..].Trim()));
        }

        return (status, headers);
    }

    private async Task<HttpAnswer> ReadBodyAsync(HttpAnswer answer, string method, CancellationToken cancellationToken)
    {
        if (method == "HEAD" || answer.Status is 204 or 304)
        {
            return answer;
        }

        var length = answer["Content-Length"];
        var encoding = answer["Transfer-Encoding"];
        if (length is not null && encoding is not null)
        {
            throw new InvalidAnswerException("The answer has a length and chunks.");
        }

        if (encoding is not null)
        {
            return encoding == "chunked" ? await ReadChunksAsync(answer, cancellationToken) : throw new InvalidAnswerException($"Transfer-Encoding: {encoding}");
        }

        if (length is null)
        {
            throw new InvalidAnswerException("The answer has neither a length nor chunks.");
        }

        var wanted = int.Parse(length, NumberStyles.None, CultureInfo.InvariantCulture);
        var whole = await FillAsync(wanted, cancellationToken);
        return answer with { Body = Take(Math.Min(wanted, Unread.Length)), IsWhole = whole };
    }

    private async Task<HttpAnswer> ReadChunksAsync(HttpAnswer answer, CancellationToken cancellationToken)
    {
        var body = new List<byte>();
        while (true)
        {
            var lineEnd = await FindAsync("\r\n"u8.ToArray(), cancellationToken);
            if (lineEnd < 0)
            {
                return answer with { Body = [.. body], IsWhole = false };
            }

            if (!int.TryParse(Encoding.Latin1.GetString(Unread[..lineEnd]), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size))
            {
                throw new InvalidAnswerException($"The chunk size is none: {Encoding.Latin1.GetString(Unread[..lineEnd])}");
            }

            start += lineEnd + 2;
            var whole = await FillAsync(size + 2, cancellationToken);
            body.AddRange(Take(Math.Min(size, Unread.Length)));
            if (!whole)
            {
                return answer with { Body = [.. body], IsWhole = false };
            }

            if (!Take(2).AsSpan().SequenceEqual("\r\n"u8))
            {
                throw new InvalidAnswerException("A chunk is longer than its size.");
            }

            if (size == 0)
            {
                return answer with { Body = [.. body] };
            }
        }
    }

    private byte[] Take(int count)
    {
        var taken = Unread[..count].ToArray();
        start += count;
        return taken;
    }

    private async ValueTask<int> FindAsync(byte[] mark, CancellationToken cancellationToken)
    {
        while (true)
        {
            var at = Unread.IndexOf(mark);
            if (at >= 0 || !await ReadMoreAsync(cancellationToken))
            {
                return at;
            }
        }
    }

    private async ValueTask<bool> FillAsync(int count, CancellationToken cancellationToken)
    {
        while (end - start < count)
        {
            if (!await ReadMoreAsync(cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    private async ValueTask<bool> ReadMoreAsync(CancellationToken cancellationToken)
    {
        if (start > 0)
        {
            Unread.CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        var count = await read(buffer.AsMemory(end), cancellationToken);
        end += count;
        return count > 0;
    }
}
