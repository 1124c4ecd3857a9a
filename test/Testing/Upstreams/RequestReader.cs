using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Gateway.Testing.Upstreams;

/// <summary>Reads HTTP/1.1 requests off a byte stream, exactly as sent.</summary>
internal sealed class RequestReader(PipeReader input)
{
    /// <summary>Null: the client closed before another request began.</summary>
    public async Task<(string Method, string Target, List<KeyValuePair<string, string>> Headers, byte[] Body)?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await LineAsync(cancellationToken) is not { Length: > 0 } requestLine)
        {
            return null;
        }

        // Whoever speaks TLS or anything else here gets what a real server would do: nothing.
        if (requestLine.Split(' ') is not [var method, var target, "HTTP/1.1" or "HTTP/1.0"])
        {
            throw new InvalidDataException("The client does not speak HTTP/1.");
        }

        var headers = new List<KeyValuePair<string, string>>();
        while (await LineAsync(cancellationToken) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':');
            headers.Add(new(line[..colon], line[(colon + 1)..].Trim()));
        }

        return (method, target, headers, await BodyAsync(headers, cancellationToken));
    }

    private async Task<byte[]> BodyAsync(List<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        string? Header(string name) => headers.FirstOrDefault(pair => string.Equals(pair.Key, name, StringComparison.OrdinalIgnoreCase)).Value;
        if (Header("content-length") is { } length)
        {
            return await BytesAsync(int.Parse(length, CultureInfo.InvariantCulture), cancellationToken);
        }

        if (!string.Equals(Header("transfer-encoding"), "chunked", StringComparison.OrdinalIgnoreCase))
        {
            return [];
        }

        var body = new List<byte>();
        while (await LineAsync(cancellationToken) is { } size)
        {
            var chunk = await BytesAsync(int.Parse(size.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), cancellationToken);
            body.AddRange(chunk);
            await LineAsync(cancellationToken);
            if (chunk.Length == 0)
            {
                break;
            }
        }

        return body.ToArray();
    }

    private async Task<string?> LineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.Latin1.GetString(read.Buffer.Slice(0, end).ToArray()).TrimEnd('\r');
                input.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                return null;
            }
        }
    }

    private async Task<byte[]> BytesAsync(int count, CancellationToken cancellationToken)
    {
        var read = await input.ReadAtLeastAsync(count, cancellationToken);
        if (read.Buffer.Length < count)
        {
            throw new EndOfStreamException("The client closed in the middle of its request body.");
        }

        var bytes = read.Buffer.Slice(0, count).ToArray();
        input.AdvanceTo(read.Buffer.GetPosition(count));
        return bytes;
    }
}
