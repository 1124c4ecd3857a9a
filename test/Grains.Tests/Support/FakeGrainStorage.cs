using System.Globalization;
using System.Text.Json;
using Gateway.Abstractions;
using Orleans.Storage;

namespace Gateway.Grains.Tests.Support;

/// <summary>Storage that outlives clusters, keeps JSON as the real one does, and can be told to fail, hang, conflict or store later what it gave up.</summary>
internal sealed class FakeGrainStorage : IGrainStorage
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Json, int Version)> _records = [];
    private (string Key, string Json, int Version) _abandoned;

    public bool IsFailing { get; set; }

    public TaskCompletionSource? Hang { get; set; }

    /// <summary>The storage begins to fail with the next write, which may be stored all the same, by <see cref="TryStoreAbandoned"/>.</summary>
    public bool AbandonsNext { get; set; }

    public int Writes { get; private set; }

    public string Text
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _records.Values.Select(record => record.Json));
            }
        }
    }

    /// <summary>As if another activation had written.</summary>
    public void WriteBehindTheBack()
    {
        lock (_gate)
        {
            foreach (var (key, record) in _records.ToList())
            {
                _records[key] = record with { Version = record.Version + 1 };
            }
        }
    }

    /// <summary>The write that was given up gets through; false: another one came first.</summary>
    public bool TryStoreAbandoned()
    {
        lock (_gate)
        {
            if ((_records.TryGetValue(_abandoned.Key, out var record) ? record.Version : 0) != _abandoned.Version)
            {
                return false;
            }

            _records[_abandoned.Key] = (_abandoned.Json, _abandoned.Version + 1);
            return true;
        }
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ThrowIfFailing();
        lock (_gate)
        {
            if (_records.TryGetValue($"{grainId}/{stateName}", out var record))
            {
                grainState.State = JsonSerializer.Deserialize<T>(record.Json)!;
                grainState.ETag = $"{record.Version}";
                grainState.RecordExists = true;
            }
        }

        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var json = JsonSerializer.Serialize(grainState.State);
        if (Hang is { } hang)
        {
            await hang.Task;
        }

        ThrowIfFailing();
        lock (_gate)
        {
            var key = $"{grainId}/{stateName}";
            var version = _records.TryGetValue(key, out var record) ? record.Version : 0;
            if (AbandonsNext)
            {
                (AbandonsNext, IsFailing) = (false, true);
                _abandoned = (key, json, int.Parse(grainState.ETag ?? "0", CultureInfo.InvariantCulture));
                throw new StorageUnavailableException("The database did not answer in time.");
            }

            if ((grainState.ETag ?? "0") != $"{version}")
            {
                throw new InconsistentStateException("Another activation wrote.", $"{version}", grainState.ETag ?? "");
            }

            _records[key] = (json, version + 1);
            grainState.ETag = $"{version + 1}";
            grainState.RecordExists = true;
            Writes++;
        }
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

    private void ThrowIfFailing()
    {
        if (IsFailing)
        {
            throw new IOException("disk full");
        }
    }
}
