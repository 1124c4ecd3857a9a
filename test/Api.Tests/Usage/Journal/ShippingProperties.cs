using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Usage.Journal;
using Gateway.Storage;

namespace Gateway.Api.Tests.Usage.Journal;

/// <summary>
/// Whatever happens in whatever order (requests, failing and uncertain databases, two shippers of one journal, processes that die, restarts, copies
/// that are taken in again, or while the process lives): the ledger has what was completed and what was interrupted, each once.
/// </summary>
public sealed class ShippingProperties
{
    private enum Step
    {
        Begin,
        Complete,
        Ship,
        ShipBeside,
        Crash,
        Adopt,
        AdoptCopy,
    }

    private static readonly Gen<Step> Steps = Gen.Frequency(
        (10, Gen.Constant(Step.Begin)), (9, Gen.Constant(Step.Complete)), (3, Gen.Constant(Step.Ship)), (2, Gen.Constant(Step.ShipBeside)), (1, Gen.Constant(Step.Crash)), (1, Gen.Constant(Step.Adopt)), (1, Gen.Constant(Step.AdoptCopy)));

    [Fact]
    public void The_ledger_has_every_request_once() =>
        Prop.ForAll(
            Gen.ArrayOf(Steps, 120).Zip(Gen.Choose(0, 1_000_000)).ToArbitrary(),
            input =>
            {
#pragma warning disable VSTHRD002 // the library's properties are synchronous
                return RunAsync(input.Item1, new Random(input.Item2)).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));

    private static async Task<bool> RunAsync(Step[] steps, Random random)
    {
        await using var rig = await JournalRig.CreateAsync(sqlite => new UncertainDatabase(sqlite, new Random(random.Next())));
        rig.Options.SegmentBytes = 4096 + random.Next(4096);
        var journal = rig.Open();
        var shipper = rig.ShipperOf(journal);
        var open = new List<(JournalTicket, UsageIntent)>();
        var taken = new HashSet<Guid>();
        foreach (var step in steps)
        {
            switch (step)
            {
                case Step.Begin:
                    open.Add(rig.Begin(journal, random)!.Value);
                    break;
                case Step.Complete when open.Count > 0:
                    var index = random.Next(open.Count);
                    if (taken.Contains(open[index].Item2.Id))
                    {
                        journal.Complete(open[index].Item1, Samples.Outcome(random));
                    }
                    else
                    {
                        rig.Complete(journal, open[index], random);
                    }

                    open.RemoveAt(index);
                    break;
                case Step.Ship:
                    await TryAsync(() => shipper.ShipAsync(pace: null, CancellationToken.None));
                    break;
                case Step.ShipBeside:
                    // As a second process on a file system without locks does.
                    using (var other = rig.ShipperOf(journal))
                    {
                        await Task.WhenAll(TryAsync(() => shipper.ShipAsync(pace: null, CancellationToken.None)), TryAsync(() => other.ShipAsync(pace: null, CancellationToken.None)));
                    }

                    break;
                case Step.Crash:
                    shipper.Dispose();
                    journal.Dispose();
                    open.Clear();
                    journal = rig.Open();
                    shipper = rig.ShipperOf(journal);
                    break;
                case Step.AdoptCopy:
                    await rig.AdoptCopyAsync(journal, CancellationToken.None);
                    taken.UnionWith(open.Select(request => request.Item2.Id));
                    break;
                case Step.Adopt:
                    await TryAsync(() => rig.Adopter.AdoptAsync(rig.Folder, CancellationToken.None));
                    break;
            }
        }

        shipper.Dispose();
        journal.Dispose();
        var copy = rig.Copy(journal, "last");
        while (rig.Sessions().Length > 0)
        {
            await TryAsync(() => rig.Adopter.AdoptAsync(rig.Folder, CancellationToken.None));
        }

        while (Directory.Exists(copy))
        {
            await TryAsync(() => rig.Adopter.AdoptAsync(copy, CancellationToken.None));
        }

        await rig.MustHoldAllAsync();
        return true;
    }

    private static async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (StorageUnavailableException)
        {
            // Comes again.
        }
    }
}
