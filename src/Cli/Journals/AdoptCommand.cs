using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;
using Gateway.Cli.Http;
using Gateway.Cli.Text;

namespace Gateway.Cli.Journals;

/// <summary>
/// Sends the journals of front-ends that do not come back to the gateway, one after the other: (1) a journal that a process holds is left
/// alone; (2) what the gateway has taken in is deleted here; (3) one that cannot be taken in is named and holds up no other; (4) when the gateway
/// is away the rest stays as it is. The command can be given again.
/// </summary>
internal sealed class AdoptCommand : CliCommand
{
    private const string Foreign = "journal_of_another_cluster";

    private readonly Argument<string> _folder = new("dir") { Description = "DATA_DIR of a front-end, its journal, or a folder that holds several of these." };

    public AdoptCommand(CliHost host, GlobalOptions globals)
        : base(
            host,
            globals,
            "adopt",
            "Brings in the usage that front-ends which do not come back left in their journals, and deletes those.",
            "gateway journal adopt /mnt/lost/data",
            "gateway journal adopt /mnt/lost --json") =>
        Add(_folder);

    protected override async Task RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(run.Value(_folder)!);
        var client = await run.AdminClientAsync(cancellationToken);
        var tally = new Tally();
        var search = new JournalSearch(folder);
        foreach (var closed in search.Closed)
        {
            run.Terminal.Say(closed.Message);
            tally.Failed++;
        }

        foreach (var path in search.Sessions)
        {
            try
            {
                await AdoptAsync(run, client, path, tally, cancellationToken);
            }
            catch (JournalException failure)
            {
                run.Terminal.Say(failure.Message);
                tally.Failed++;
            }
            catch (CliException failure) when (failure is { Status: HttpStatusCode.Conflict, Code: not Foreign })
            {
                run.Terminal.Say($"{path}: {failure.Message}");
                tally.InUse++;
            }
            catch (CliException failure) when (failure.Status is HttpStatusCode.Conflict or HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge)
            {
                run.Terminal.Say($"{path}: {failure.Message}");
                tally.Failed++;
            }
        }

        await ReportAsync(run, tally);
    }

    private static async Task AdoptAsync(Invocation run, GatewayClient client, string path, Tally tally, CancellationToken cancellationToken)
    {
        if (!JournalFolder.IsJournal(path))
        {
            run.Terminal.Say($"{path} is no journal (its lock, and nothing but the files of one), and left alone");
            tally.Failed += JournalFolder.HasSegments(path) ? 1 : 0;
            return;
        }

        using var journal = JournalFolder.TryOpen(path);
        if (journal is null)
        {
            run.Terminal.Say($"{path} is in use by a running front-end, and left alone");
            tally.InUse++;
            return;
        }

        if (!journal.IsEmpty)
        {
            var answer = await client.PostAsync(JournalCommands.Path, journal.CreateContent, cancellationToken);
            tally.Records += Number(answer, "records");
            tally.Damages += Number(answer, "damages");
            tally.Sent++;
            run.Terminal.Say($"{path}: {Number(answer, "records")} records of {Printable.Line(answer.Text("node") ?? "", 64)}");
        }

        journal.Delete();
    }

    private static async Task ReportAsync(Invocation run, Tally tally)
    {
        if (run.Json)
        {
            run.WriteJson(new JsonObject { ["sessions"] = tally.Sent, ["records"] = tally.Records, ["in_use"] = tally.InUse, ["damages"] = tally.Damages, ["failed"] = tally.Failed });
        }
        else
        {
            await run.Terminal.Output.WriteLineAsync($"{tally.Sent} journals taken in with {tally.Records} records; {tally.InUse} are in use; {tally.Damages} places could not be read");
        }

        if (tally.Failed > 0)
        {
            throw new CliException(ExitCodes.Failed, $"{tally.Failed} journals were not taken in or not deleted; why is said above{(tally.InUse > 0 ? $". {tally.InUse} more are in use" : "")}");
        }

        if (tally.InUse > 0)
        {
            throw new CliException(ExitCodes.Failed, $"{tally.InUse} journals are in use. Stop the front-ends that write them, or leave them: those bring in their own");
        }
    }

    private static long Number(JsonNode? answer, string field) => answer?[field] is JsonValue value && value.TryGetValue<long>(out var number) ? number : 0;

    private sealed class Tally
    {
        public int Sent { get; set; }

        public int InUse { get; set; }

        public int Failed { get; set; }

        public long Records { get; set; }

        public long Damages { get; set; }
    }
}
