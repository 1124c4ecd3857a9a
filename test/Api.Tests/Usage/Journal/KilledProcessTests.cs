using Gateway.Storage.Ledger.Reading;
using Gateway.Testing;
using Gateway.Testing.Processes;

namespace Gateway.Api.Tests.Usage.Journal;

/// <summary>A real process that writes a journal under load and is killed (SIGKILL).</summary>
public sealed class KilledProcessTests
{
    [Fact]
    public async Task Everything_that_was_acknowledged_is_in_the_ledger()
    {
        await using var rig = await JournalRig.CreateAsync();
        await using (var writer = ChildProcess.Start("dotnet", [Programs.JournalWriter, rig.Folder, "killed"]))
        {
            await Eventually.TrueAsync(() => writer.HasExited || writer.StandardOutput.Length > 200_000, "some thousand requests were written");
            (await rig.Adopter.AdoptAsync(rig.Folder, CancellationToken.None)).InUse.Should().Be(1, "a living process holds its journal");
            await writer.KillAsync();
            var lines = writer.StandardOutput.Split('\n', StringSplitOptions.TrimEntries).Where(line => line.Length == 38).ToLookup(line => line[0], line => Guid.Parse(line[2..]));

            var adoption = await rig.Adopter.AdoptAsync(rig.Folder, CancellationToken.None);

            var records = await ReadAsync(rig);
            adoption.Damages.Should().Be(0);
            adoption.Records.Should().Be(records.Count);
            lines['='].Should().HaveCountGreaterThan(1000);
            lines['='].Where(id => !records.TryGetValue(id, out var isInterrupted) || isInterrupted).Should().BeEmpty("each was acknowledged as completed");
            lines['+'].Where(id => !records.ContainsKey(id)).Should().BeEmpty("each had begun");
            records.Values.Count(isInterrupted => isInterrupted).Should().BeLessThanOrEqualTo(4, "there were four threads");
        }
    }

    [Fact]
    public async Task A_disk_that_is_full_refuses_what_is_new_and_ends_no_process()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The bound on a file's size is set as on Linux.");
        await using var rig = await JournalRig.CreateAsync();
        const string Bounded = "trap '' XFSZ; ulimit -f 160; exec dotnet \"$@\"";

        // The runtime keeps its own code in files as well.
        var environment = new Dictionary<string, string> { ["DOTNET_EnableWriteXorExecute"] = "0" };
        await using var writer = ChildProcess.Start("bash", ["-c", Bounded, "bash", Programs.JournalWriter, rig.Folder, "full"], environment);

        await Eventually.TrueAsync(() => writer.HasExited, "nothing more can be begun");

        writer.ExitCode.Should().Be(0, writer.AllOutput);
        var began = writer.StandardOutput.Split('\n', StringSplitOptions.TrimEntries).Where(line => line.StartsWith('+')).Select(line => Guid.Parse(line[2..])).ToList();
        (await rig.Adopter.AdoptAsync(rig.Folder, CancellationToken.None)).Damages.Should().Be(0);
        var records = await ReadAsync(rig);
        began.Should().HaveCountGreaterThan(100);
        began.Where(id => !records.ContainsKey(id)).Should().BeEmpty("each had begun");
        records.Values.Count(isInterrupted => isInterrupted).Should().BeLessThanOrEqualTo(4, "there were four threads, and outcomes wait for a disk that takes them");
    }

    private static async Task<Dictionary<Guid, bool>> ReadAsync(JournalRig rig)
    {
        var reader = rig.Reader();
        Dictionary<Guid, bool> all = [];
        for (Guid? before = null; ;)
        {
            var page = await reader.ListAsync(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1), before, Array.Empty<UsageFilter>(), 5000, CancellationToken.None);
            foreach (var record in page)
            {
                all.Add(record.Id, record.IsInterrupted);
            }

            if (page.Count == 0)
            {
                return all;
            }

            before = page[^1].Id;
        }
    }
}
