namespace Gateway.Api.Usage.Journal.Files;

/// <summary>A place in the journal of one session as one rising number: that of the file, and the offset in it.</summary>
internal static class JournalPlace
{
    public static long Of(int segment, int offset) => ((long)segment << 32) | (uint)offset;

    public static int SegmentOf(long place) => (int)(place >> 32);

    public static int OffsetOf(long place) => (int)place;
}
