using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Usage.Journal.Files;
using Gateway.Testing;

namespace Gateway.Api.Tests.Usage.Journal;

/// <summary>Both ways of writing a file of a journal.</summary>
public sealed class SegmentFileTests
{
    private const int Size = 4 << 20;

    [Fact]
    public void What_was_written_is_in_the_file_at_once_and_nothing_else_once_it_has_ended() =>
        Prop.ForAll(
            Gen.NonEmptyListOf(Gen.Frequency((20, Gen.Choose(1, 3000)), (2, Gen.Choose(60_000, 70_000)), (1, Gen.Choose(1 << 19, 1 << 20)))).ToArbitrary(),
            Arb.From(Gen.Elements(true, false)),
            (lengths, isMapped) =>
            {
                using var folder = new TempFolder();
                using var file = Create(folder.File("1.seg"), isMapped);
                var random = new Random(lengths.Count);
                var expected = new List<byte>();
                foreach (var length in lengths)
                {
                    var bytes = new byte[length];
                    random.NextBytes(bytes);
                    file.Write(bytes, expected.Count);
                    expected.AddRange(bytes);
                    Read(folder.File("1.seg")).Take(expected.Count).Should().Equal(expected);
                }

                Read(folder.File("1.seg")).Skip(expected.Count).Should().NotContain(behind => behind != 0);
                new FileInfo(folder.File("1.seg")).Length.Should().BeLessThanOrEqualTo(Math.Max(Size, expected.Count));

                file.End(expected.Count);

                Read(folder.File("1.seg")).Should().Equal(expected);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_may_be_ended_and_closed_without_an_entry(bool isMapped)
    {
        using var folder = new TempFolder();
        var file = Create(folder.File("1.seg"), isMapped);

        file.End(0);
        file.Dispose();

        new FileInfo(folder.File("1.seg")).Length.Should().Be(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_first_entry_has_no_zeros_behind_it_so_that_a_process_that_dies_then_leaves_no_damage(bool isMapped)
    {
        using var folder = new TempFolder();
        using var file = Create(folder.File("1.seg"), isMapped);

        file.Write("header"u8, 0);

        Read(folder.File("1.seg")).Should().Equal("header"u8.ToArray());
    }

    [Fact]
    public void Only_where_a_block_is_written_over_in_its_place_a_file_is_mapped()
    {
        MappedSegment.IsPossibleIn("/proc").Should().BeFalse();
        MappedSegment.IsPossibleIn("/no/such/folder").Should().BeFalse();
        MappedSegment.IsPossibleIn("/dev/shm").Should().Be(OperatingSystem.IsLinux() && Directory.Exists("/dev/shm"));
    }

    private static SegmentFile Create(string path, bool isMapped)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Files are mapped on Linux only.");
        var handle = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
        return isMapped ? new MappedSegment(handle, Size) : new WrittenSegment(handle);
    }

    private static byte[] Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
