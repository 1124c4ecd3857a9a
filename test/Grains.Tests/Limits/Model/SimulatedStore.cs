using System.Globalization;
using System.Text.Json;
using Gateway.Grains.Limits.Budgets;
using Gateway.Grains.Limits.State;
using Orleans.Storage;

namespace Gateway.Grains.Tests.Limits.Model;

internal enum WriteFault
{
    None,

    /// <summary>It takes until the world lets it go on.</summary>
    Slow,

    /// <summary>Written, but the answer is lost.</summary>
    AnswerLost,

    /// <summary>Not written.</summary>
    Refused,

    /// <summary>The writer is told of a failure, and yet it is written later, if nobody else was first.</summary>
    Late,
}

/// <summary>One stored state with conditional writes, which go wrong in every way that a database can.</summary>
internal sealed class SimulatedStore
{
    private readonly List<Action> _pending = [];
    private string? _json;
    private long _version;

    public WriteFault NextFault { get; set; }

    public bool IsDown { get; set; }

    public int Writes { get; private set; }

    public QuotaState Stored => _json is null ? new QuotaState() : JsonSerializer.Deserialize<QuotaState>(_json)!;

    /// <summary>What the ledger tells, as long as the store is not down.</summary>
    public Func<SpendQuestion, Task<IReadOnlyList<SpentPart>>> Spend { get; set; } = _ => Task.FromResult<IReadOnlyList<SpentPart>>([]);

    /// <summary>As when its row was lost.</summary>
    public void Lose() => (_json, _version) = (null, 0);

    /// <summary>As an older version writes it.</summary>
    public void Rewrite(Func<string, string> change) => _json = change(_json!);

    public Task<IReadOnlyList<SpentPart>> ReadSpendAsync(SpendQuestion question) =>
        IsDown ? Task.FromException<IReadOnlyList<SpentPart>>(new IOException("down")) : Spend(question);

    public IPersistentState<QuotaState> Open()
    {
        var state = new Access(this);
        state.Read();
        return state;
    }

    public void LetGoOn()
    {
        List<Action> due = [.. _pending];
        _pending.Clear();
        due.ForEach(action => action());
    }

    private bool TryWrite(string json, long expected)
    {
        if (expected != _version)
        {
            return false;
        }

        (_json, _version) = (json, _version + 1);
        Writes++;
        return true;
    }

    private sealed class Access(SimulatedStore store) : IPersistentState<QuotaState>
    {
        private long _version;

        public QuotaState State { get; set; } = new();

        public string Etag => _version.ToString(CultureInfo.InvariantCulture);

        public bool RecordExists => _version > 0;

        public void Read() => (State, _version) = (store.Stored, store._version);

        public Task ReadStateAsync()
        {
            if (store.IsDown)
            {
                return Task.FromException(new IOException("down"));
            }

            Read();
            return Task.CompletedTask;
        }

        public Task WriteStateAsync()
        {
            var (json, expected) = (JsonSerializer.Serialize(State), _version);
            var fault = store.IsDown ? WriteFault.Refused : store.NextFault;
            store.NextFault = WriteFault.None;
            switch (fault)
            {
                // Its continuations run at once and on this thread: the world is to be the same each time.
                case WriteFault.Slow:
                    var done = new TaskCompletionSource();
                    store._pending.Add(() => End(done, json, expected));
                    return done.Task;
                case WriteFault.AnswerLost:
                    store.TryWrite(json, expected);
                    return Task.FromException(new IOException("answer lost"));
                case WriteFault.Refused:
                    return Task.FromException(new IOException("refused"));
                case WriteFault.Late:
                    store._pending.Add(() => store.TryWrite(json, expected));
                    return Task.FromException(new IOException("timeout"));
                default:
                    var now = new TaskCompletionSource();
                    End(now, json, expected);
                    return now.Task;
            }
        }

        public Task ClearStateAsync() => throw new NotSupportedException();

        private void End(TaskCompletionSource done, string json, long expected)
        {
            if (store.TryWrite(json, expected))
            {
                _version = expected + 1;
                done.SetResult();
            }
            else
            {
                done.SetException(new InconsistentStateException("Another activation wrote."));
            }
        }
    }
}
