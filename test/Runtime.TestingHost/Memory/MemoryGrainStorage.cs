using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>State in the memory of the process, as JSON so that no instance is shared with a grain.</summary>
internal sealed class MemoryGrainStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string, GrainId), Record> _records = new();
    private long _lastEtag;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var record = _records.GetValueOrDefault((stateName, grainId));
        grainState.State = record is null ? default : JsonSerializer.Deserialize<T>(record.Json);
        grainState.ETag = record?.Etag;
        grainState.RecordExists = record is not null;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = (stateName, grainId);
        var written = new Record(Interlocked.Increment(ref _lastEtag).ToString(CultureInfo.InvariantCulture), JsonSerializer.SerializeToUtf8Bytes(grainState.State));
        var current = _records.GetValueOrDefault(key);
        var done = current?.Etag == grainState.ETag
            && (current is null ? _records.TryAdd(key, written) : _records.TryUpdate(key, written, current));
        Require(done, key, grainState.ETag);
        grainState.ETag = written.Etag;
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = (stateName, grainId);
        var current = _records.GetValueOrDefault(key);
        var done = current?.Etag == grainState.ETag && (current is null || _records.TryRemove(KeyValuePair.Create(key, current)));
        Require(done, key, grainState.ETag);
        grainState.State = default;
        grainState.ETag = null;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private void Require(bool done, (string State, GrainId Grain) key, string? expected)
    {
        if (!done)
        {
            throw new InconsistentStateException(
                $"State '{key.State}' of grain {key.Grain} was written by another activation.", _records.GetValueOrDefault(key)?.Etag, expected);
        }
    }

    // Compared by reference in the conditional updates above.
    private sealed class Record(string etag, byte[] json)
    {
        public string Etag { get; } = etag;

        public byte[] Json { get; } = json;
    }
}
