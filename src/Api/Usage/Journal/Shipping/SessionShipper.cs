using Gateway.Abstractions.Usage;
using Gateway.Api.Usage.Journal.Entries;
using Gateway.Api.Usage.Journal.Files;
using Gateway.Storage;
using Gateway.Storage.Ledger;

namespace Gateway.Api.Usage.Journal.Shipping;

/// <summary>Brings the journal of one session to the ledger.</summary>
/// <remarks>
/// 1. Read on from the first file there is: intents are kept until their outcome comes; outcomes before the ledger's position are there already.
/// 2. A batch ends after <see cref="UsageLedger.BatchSize"/> records, with a file, or with what is written. It goes in together with the position.
/// 3. After a failure the ledger says where it stands: at the batch's begin (send it again), at its end (it was taken), elsewhere (somebody else
///    ships the same journal: read anew).
/// 4. A file is left when its records are in the ledger: <see cref="SegmentCleaner"/>.
/// 5. When the session has ended, outcomes that the disk did not take go in from memory, what is still open as interrupted, and the position is closed.
/// 6. It was closed before the journal's end: somebody took in a copy while its process lived, or before this one was found. The journal is read
///    anew and goes on under another name (<see cref="LedgerSession"/>), without the records that the ledger has: what was under way at that
///    place is there as interrupted, and stays so.
/// </remarks>
internal sealed class SessionShipper(string folder, JournalOwner owner, UsageJournal? live, UsageLedger ledger, TimeProvider time) : IDisposable
{
    // Limits grant nothing to a session that somebody else has ended: also a process that has nothing to ship must find out.
    private static readonly TimeSpan Confirmed = TimeSpan.FromSeconds(5);

    private readonly Dictionary<long, OpenIntent> _open = [];
    private readonly List<UsageRecord> _batch = [];
    private readonly List<Charge> _charges = [];
    private JournalReader? _reader;
    private SegmentCleaner? _cleaner;
    private JournalPosition? _position;
    private ChargeSums _sums = new(time);
    private int _summedSegment;
    private bool _isUnknown;
    private long _foundAt;
    private string _name = owner.Session;

    public JournalOwner Owner => owner;

    /// <summary>Files that could not be read to their end, so far.</summary>
    public int Damages => _reader?.Damages ?? 0;

    /// <summary>Records that went in from here.</summary>
    public long Shipped { get; private set; }

    /// <summary>How often somebody else took it in as if it had ended.</summary>
    public int TimesTaken { get; private set; }

    /// <summary>Ships what is written by now, and some of what comes meanwhile: it ends under any load.</summary>
    /// <param name="pace">Between batches; null: as fast as it goes.</param>
    /// <exception cref="StorageUnavailableException">Call again later; nothing is lost or doubled.</exception>
    public async Task ShipAsync(ShippingPace? pace, CancellationToken cancellationToken)
    {
        var end = live?.End;
        do
        {
            await FindPositionAsync(cancellationToken);
            if (_position!.IsClosed)
            {
                return;
            }

            FillBatch();
            if (_batch.Count > 0)
            {
                var began = time.GetTimestamp();
                await SendAsync(cancellationToken);
                if (pace is not null)
                {
                    await pace.WaitAsync(time.GetElapsedTime(began), live?.Fill ?? 0, cancellationToken);
                }

                if (!IsShippedTo(end))
                {
                    continue;
                }
            }

            _cleaner?.Clean(_reader!.Place, _open.Values);
            if (!_reader!.IsAtSegmentEnd(live?.End) || !TryLeaveSegment())
            {
                return;
            }
        }
        while (!IsShippedTo(end));
    }

    /// <summary>Of a session that has ended: ships the rest, records what is open as interrupted, and closes it.</summary>
    /// <inheritdoc cref="ShipAsync" path="/exception"/>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await ShipAsync(pace: null, cancellationToken);
            if (_position!.IsClosed)
            {
                return;
            }

            foreach (var (number, outcome) in live?.LeftInMemory ?? [])
            {
                _open.Remove(number, out var completed);
                _batch.Add(RecordBuilder.Completed(Fields(completed?.Frame), Fields(outcome), owner));
                AddCharges(outcome, OutcomeFields.Charge);
            }

            foreach (var intent in _open.Values)
            {
                _batch.Add(RecordBuilder.Interrupted(Fields(intent.Frame), owner));
                AddCharges(intent.Frame, IntentFields.Charge);
            }

            if (_cleaner is not null)
            {
                _sums.Add(_cleaner.Sum());
            }

            var before = _position;

            // Batch and sums hold what is open: if this fails, or somebody else was here, the next try is from the begin.
            _position = null;

            // Also of a journal whose end is missing, after a power cut or in an old copy: outcomes in it may have been shipped.
            await LeaveOutKnownAsync(cancellationToken);
            if (await TryCloseAsync(before, cancellationToken))
            {
                return;
            }
        }
    }

    public void Dispose() => _reader?.Dispose();

    private bool IsShippedTo(long? end) => !_isUnknown && end is { } place && _reader!.Place >= place;

    private async Task FindPositionAsync(CancellationToken cancellationToken)
    {
        var isOld = live is not null && time.GetElapsedTime(_foundAt) > Confirmed;
        if (_position is not null && !_isUnknown && !isOld && !(_position.IsClosed && GoesOnBehind(_position)))
        {
            return;
        }

        _foundAt = time.GetTimestamp();
        JournalPosition found;
        try
        {
            found = await ledger.OpenAsync(_name, owner.Node, cancellationToken);
        }
        catch (StorageUnavailableException) when (_position is { IsClosed: false } && !_isUnknown)
        {
            // It was a look only.
            return;
        }

        while (found.IsClosed && GoesOnBehind(found))
        {
            (_name, _position) = (LedgerSession.After(owner.Session, found.Value), null);
            TimesTaken++;
            found = await ledger.OpenAsync(_name, owner.Node, cancellationToken);
        }

        if (_position is null || (found.Value != _position.Value && found.Value != _reader!.Place) || found.IsClosed)
        {
            StartAnew();
        }
        else if (found.Value != _position.Value)
        {
            Taken();
        }

        (_position, _isUnknown) = (found, false);
    }

    // A process that lives will write more.
    private bool GoesOnBehind(JournalPosition closed) => live is not null || JournalReader.HasEntryBehind(folder, closed.Value);

    private void StartAnew()
    {
        _reader?.Dispose();
        _reader = new JournalReader(folder);
        _reader.TryOpenAfter(0);
        _open.Clear();
        _batch.Clear();
        _sums = new ChargeSums(time);
        var gone = new ChargeSums(time);
        _summedSegment = gone.Load(folder);
        _cleaner = live is null ? null : new SegmentCleaner(live, gone);
        if (live is null)
        {
            _sums = gone;
        }
    }

    private void FillBatch()
    {
        var end = live?.End;
        while (_batch.Count < ledger.BatchSize && _reader!.TryRead(end, out var frame))
        {
            var number = Frame.NumberOf(frame);
            switch (Frame.KindOf(frame))
            {
                case EntryKind.Intent:
                    if (!_open.TryGetValue(number, out var known) || IsAsNew(frame, known.Frame))
                    {
                        _open[number] = new OpenIntent(frame.ToArray(), _reader.Segment);
                    }

                    break;
                case EntryKind.Outcome:
                    _open.Remove(number, out var intent);
                    if (_reader.Segment > _summedSegment)
                    {
                        AddCharges(frame, OutcomeFields.Charge);
                    }

                    if (_reader.Place > _position!.Value)
                    {
                        _batch.Add(RecordBuilder.Completed(Fields(intent?.Frame), Fields(frame), owner));
                    }

                    break;
            }
        }
    }

    // A copy that was made because its file was to go may stand behind the intent of a later attempt.
    private static bool IsAsNew(ReadOnlySpan<byte> copy, ReadOnlySpan<byte> known) => RecordBuilder.EarlierAttempts(Fields(copy)) >= RecordBuilder.EarlierAttempts(Fields(known));

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        if (_name != owner.Session)
        {
            await LeaveOutKnownAsync(cancellationToken);
        }

        if (_batch.Count == 0)
        {
            return;
        }

        var step = new JournalStep(_name, _position!.Value, _reader!.Place);
        _isUnknown = true;
        if (await ledger.AppendAsync(step, _batch, cancellationToken))
        {
            (_position, _isUnknown) = (_position with { Value = step.To }, false);
            Taken();
        }
    }

    private async Task<bool> TryCloseAsync(JournalPosition position, CancellationToken cancellationToken)
    {
        var step = new JournalStep(_name, position.Value, Math.Max(_reader!.Place, position.Value)) { Totals = _sums.ToJson() };
        if (!await ledger.AppendAsync(step, _batch, cancellationToken))
        {
            return false;
        }

        _position = new JournalPosition(step.To, IsClosed: true);
        Taken();
        return true;
    }

    private async Task LeaveOutKnownAsync(CancellationToken cancellationToken)
    {
        if (_batch.Count > 0)
        {
            var known = await ledger.FindKnownAsync([.. _batch.Select(record => record.Id)], cancellationToken);
            _batch.RemoveAll(record => known.Contains(record.Id));
        }
    }

    private void Taken()
    {
        Shipped += _batch.Count;
        _batch.Clear();
    }

    private bool TryLeaveSegment()
    {
        var (segment, bytes) = (_reader!.Segment, JournalPlace.OffsetOf(_reader.Place));
        if (!_reader.TryOpenAfter(segment))
        {
            return false;
        }

        if (_cleaner is not null)
        {
            _cleaner.Leave(segment, bytes, _sums);
            _sums = new ChargeSums(time);
        }

        return true;
    }

    private void AddCharges(ReadOnlySpan<byte> frame, int field)
    {
        _charges.Clear();
        RecordBuilder.ReadCharges(Fields(frame), field, _charges);
        _sums.Add(_charges);
    }

    private static ReadOnlySpan<byte> Fields(ReadOnlySpan<byte> frame) => frame.IsEmpty ? frame : frame[Frame.HeaderLength..];
}
