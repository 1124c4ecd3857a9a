using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;
using Gateway.Cli.Text;

namespace Gateway.Cli.Journals;

/// <summary>
/// Sends the journals of front-ends that do not come back to the gateway, one after the other: (1) a journal that a process holds is left
/// alone; (2) what the gateway has taken in is deleted here; (3) after a failure the rest stays as it is, and the command can be given again.
/// </summary>
internal sealed class AdoptCommand : CliCommand
{
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
        int sent = 0, inUse = 0;
        long records = 0, damages = 0;
        foreach (var path in JournalFolder.Find(folder))
        {
            if (!JournalFolder.IsJournal(path))
            {
                run.Terminal.Say($"{path} is no journal (its lock, and nothing but the files of one), and left alone");
                continue;
            }

            using var journal = JournalFolder.TryOpen(path);
            if (journal is null)
            {
                run.Terminal.Say($"{path} is in use by a running front-end, and left alone");
                inUse++;
                continue;
            }

            if (!journal.IsEmpty)
            {
                var answer = await client.PostAsync(JournalCommands.Path, journal.CreateContent, cancellationToken);
                records += Number(answer, "records");
                damages += Number(answer, "damages");
                run.Terminal.Say($"{path}: {Number(answer, "records")} records of {Printable.Line(answer.Text("node") ?? "", 64)}");
                sent++;
            }

            journal.Delete();
        }

        if (run.Json)
        {
            run.WriteJson(new JsonObject { ["sessions"] = sent, ["records"] = records, ["in_use"] = inUse, ["damages"] = damages });
        }
        else
        {
            await run.Terminal.Output.WriteLineAsync($"{sent} journals taken in with {records} records; {inUse} are in use; {damages} places could not be read");
        }

        if (inUse > 0)
        {
            throw new CliException(ExitCodes.Failed, $"{inUse} journals are in use. Stop the front-ends that write them, or leave them: those bring in their own");
        }
    }

    private static long Number(JsonNode? answer, string field) => answer?[field] is JsonValue value && value.TryGetValue<long>(out var number) ? number : 0;
}
