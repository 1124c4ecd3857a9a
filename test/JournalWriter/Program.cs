using Gateway.Api.Usage.Journal;
using Gateway.Silo.Settings;

// Writes a journal in the folder that is given, from several threads and until it is killed. Prints a line for each request: "+ id" when it
// has begun, "= id" when its outcome was written.
var journal = UsageJournal.Open(new JournalOptions { SegmentBytes = 256 << 10 }, args[0], args[1], "writer");
using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
var threads = Enumerable.Range(0, 4).Select(_ => new Thread(Write) { IsBackground = true }).ToList();
threads.ForEach(thread => thread.Start());
threads.ForEach(thread => thread.Join());

void Write()
{
    while (true)
    {
        var id = Guid.CreateVersion7();
        if (!journal.TryBegin(new UsageIntent { Id = id, User = "user:local/alice", Model = "m", Operation = "chat/completions" }, out var ticket))
        {
            return;
        }

        Say('+', id);
        journal.Complete(ticket, new UsageOutcome { Status = 200 });
        Say('=', id);
    }
}

void Say(char what, Guid id)
{
    lock (output)
    {
        output.WriteLine($"{what} {id}");
    }
}
