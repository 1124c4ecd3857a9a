namespace Gateway.Silo.Settings;

/// <summary>Bounds of a front-end's journal, which is <c>DATA_DIR/journal</c>.</summary>
public sealed class JournalOptions
{
    /// <summary><c>Gateway:Journal:MaxMegabytes</c>: with more than this that the database has not taken in, requests are refused. Default 1 GiB.</summary>
    public long MaxBytes { get; set; } = 1L << 30;

    /// <summary><c>Gateway:Journal:FlushMilliseconds</c>: the most that a power cut can cost. Default 1 s.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary><c>GATEWAY_ADOPT_DIR</c>, absolute; null: only this node's own journals are taken in.</summary>
    public string? AdoptFolder { get; set; }

    /// <summary>A new file begins after this many bytes. Files go as a whole.</summary>
    public int SegmentBytes { get; set; } = 16 << 20;
}
