using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Gateway.Api.Management.Usage;

/// <summary>A CSV answer (RFC 4180, UTF-8) that is sent as it is made.</summary>
/// <remarks>Spreadsheets run cells that look like formulas, and callers choose some of the texts: such cells get an apostrophe in front.</remarks>
internal sealed class CsvAnswer : IAsyncDisposable
{
    private const int LargeBytes = 64 << 10;

    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    private readonly PipeWriter _writer;
    private readonly bool _isHead;

    private CsvAnswer(PipeWriter writer, bool isHead) => (_writer, _isHead) = (writer, isHead);

    /// <summary>By <c>Accept: text/csv</c>, unless JSON is liked better.</summary>
    public static bool IsWanted(HttpContext context)
    {
        var accepted = context.Request.GetTypedHeaders().Accept;
        double? QualityOf(string type) => accepted.Where(accept => accept.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)).Max(accept => (double?)(accept.Quality ?? 1));
        return QualityOf("text/csv") is > 0 and var csv && csv >= (QualityOf("application/json") ?? QualityOf("application/*") ?? QualityOf("*/*") ?? 0);
    }

    public static CsvAnswer Begin(HttpContext context, string fileName)
    {
        var response = context.Response;
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = $"attachment; filename=\"{fileName}\"";
        return new CsvAnswer(response.BodyWriter, HttpMethods.IsHead(context.Request.Method));
    }

    public void WriteRow(IReadOnlyList<string?> cells)
    {
        if (_isHead)
        {
            return;
        }

        for (var i = 0; i < cells.Count; i++)
        {
            Encoding.UTF8.GetBytes(i == 0 ? Cell(cells[i]) : "," + Cell(cells[i]), _writer);
        }

        Encoding.UTF8.GetBytes("\r\n", _writer);
    }

    public async ValueTask FlushIfLargeAsync(CancellationToken cancellationToken)
    {
        if (_writer.UnflushedBytes > LargeBytes)
        {
            await _writer.FlushAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync() => await _writer.FlushAsync(CancellationToken.None);

    internal static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var safe = text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' ? "'" + text : text;
        return safe.AsSpan().ContainsAny(Special) || safe.Length != text.Length ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
