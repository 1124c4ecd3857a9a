using FsCheck;
using FsCheck.Fluent;

namespace Gateway.Api.Tests.Streaming;

/// <summary>A stream together with the places at which the network cut it into pieces.</summary>
public sealed record SplitStream(byte[] Bytes, int[] Cuts)
{
    public IEnumerable<byte[]> Pieces()
    {
        var start = 0;
        foreach (var cut in Cuts.Select(cut => cut % (Bytes.Length + 1)).Order().Append(Bytes.Length))
        {
            if (cut > start)
            {
                yield return Bytes[start..cut];
                start = cut;
            }
        }
    }

    public override string ToString() => string.Join(" | ", Pieces().Select(piece => System.Text.Encoding.Latin1.GetString(piece).Replace("\r", "\\r").Replace("\n", "\\n")));

    /// <summary>Streams put together from the given texts, cut anywhere.</summary>
    public static Gen<SplitStream> Of(Gen<string> texts) =>
        from parts in texts.ListOf()
        let bytes = System.Text.Encoding.UTF8.GetBytes(string.Concat(parts))
        from cuts in Gen.Choose(0, 1 << 20).ListOf()
        select new SplitStream(bytes, [.. cuts]);
}
