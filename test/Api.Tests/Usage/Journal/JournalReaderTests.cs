using Gateway.Api.Usage.Journal.Entries;
using Gateway.Api.Usage.Journal.Files;

namespace Gateway.Api.Tests.Usage.Journal;

/// <summary>What can be read of a journal that was cut or damaged anywhere.</summary>
public sealed class JournalReaderTests
{
    [Fact]
    public async Task A_journal_cut_at_any_byte_has_every_entry_before_the_cut()
    {
        await using var rig = await JournalRig.CreateAsync();
        var (path, entries) = Write(rig, 6);
        var whole = await File.ReadAllBytesAsync(path);

        for (var length = whole.Length; length >= 0; length--)
        {
            await File.WriteAllBytesAsync(path, whole[..length]);

            var (read, damages) = Read(Path.GetDirectoryName(path)!);

            read.Should().Equal(entries.Where(entry => entry.End <= length).Select(entry => entry.Number), $"{length} bytes are left");
            damages.Should().Be(0, "an entry that its process died over is no damage");
        }
    }

    [Fact]
    public async Task A_journal_with_one_wrong_byte_has_every_other_entry()
    {
        await using var rig = await JournalRig.CreateAsync();
        var (path, entries) = Write(rig, 6);
        var whole = await File.ReadAllBytesAsync(path);

        for (var i = 0; i < whole.Length; i++)
        {
            whole[i] ^= 0x21;
            await File.WriteAllBytesAsync(path, whole);
            whole[i] ^= 0x21;

            var (read, damages) = Read(Path.GetDirectoryName(path)!);

            read.Should().Equal(entries.Where(entry => i < entry.Begin || i >= entry.End).Select(entry => entry.Number), $"byte {i} is wrong");
            damages.Should().Be(i >= entries[^1].Begin ? 0 : 1);
        }
    }

    private static (string Path, List<(long Number, int Begin, int End)> Entries) Write(JournalRig rig, int requests)
    {
        rig.Options.SegmentBytes = 1 << 20;
        string folder;
        using (var journal = rig.Open())
        {
            folder = journal.Folder;
            rig.Run(journal, requests, new Random(1));
        }

        List<(long, int, int)> entries = [];
        using var reader = new JournalReader(folder);
        reader.TryOpenAfter(0).Should().BeTrue();
        while (reader.TryRead(null, out var frame))
        {
            var end = JournalPlace.OffsetOf(reader.Place);
            entries.Add((Frame.NumberOf(frame), end - frame.Length, end));
        }

        entries.Count.Should().BeGreaterThanOrEqualTo(2 * requests, "some intents are written anew");
        return (SessionFolder.SegmentPath(folder, 1), entries);
    }

    private static (List<long> Numbers, int Damages) Read(string folder)
    {
        using var reader = new JournalReader(folder);
        List<long> numbers = [];
        reader.TryOpenAfter(0);
        while (reader.TryRead(null, out var frame))
        {
            numbers.Add(Frame.NumberOf(frame));
        }

        return (numbers, reader.Damages);
    }
}
