using System.Globalization;
using Gateway.Abstractions.Limits;
using Gateway.Api.Http;

namespace Gateway.Api.Admission.Answers;

/// <summary>Header texts of one window; made again only when what they say has changed.</summary>
internal sealed class WindowHeaders(string subject, WindowLimit window)
{
    private volatile Text _limit = new(long.MinValue, "");
    private volatile Text _remaining = new(long.MinValue, "");
    private volatile Text _warning = new(long.MinValue, "");

    public WindowLimit Window => window;

    public string Limit(long limit) => _limit.Value == limit ? _limit.Words : (_limit = new Text(limit, HeaderNumbers.OfCount(limit))).Words;

    public string Remaining(long remaining) => _remaining.Value == remaining ? _remaining.Words : (_remaining = new Text(remaining, HeaderNumbers.OfCount(remaining))).Words;

    /// <summary>Share that is used; null: the window warns of nothing now.</summary>
    public long? WarnedPercent(WindowState state) => state.Used >= window.SoftAt * state.Limit ? (long)(100m * state.Used / Math.Max(1, state.Limit)) : null;

    public string Warning(long percent) => _warning.Value == percent ? _warning.Words : (_warning = new Text(percent, Words(percent))).Words;

    private string Words(long percent)
    {
        var shown = RequestIds.IsToken(subject, int.MaxValue) ? subject : Uri.EscapeDataString(subject);
        return string.Create(CultureInfo.InvariantCulture, $"{shown} {window.Id} {percent}%");
    }

    private sealed record Text(long Value, string Words);
}
