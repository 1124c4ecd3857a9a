using System.Diagnostics.CodeAnalysis;
using Gateway.Abstractions.Tokens;

namespace Gateway.Grains.Tokens;

/// <summary>Answers by the hash of the whole token; the least recently used one goes when it is full. Not for use by several threads.</summary>
internal sealed class AnswerCache(int capacity, TimeProvider time)
{
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = new();

    public int Count => _entries.Count;

    /// <summary>The answer with the time that is left of it.</summary>
    public bool TryGet(string hash, [NotNullWhen(true)] out TokenAnswer? answer)
    {
        answer = null;
        if (!_entries.TryGetValue(hash, out var node))
        {
            return false;
        }

        var left = node.Value.Answer.ValidFor - time.GetElapsedTime(node.Value.AskedAt);
        _byUse.Remove(node);
        if (left <= TimeSpan.Zero)
        {
            _entries.Remove(hash);
            return false;
        }

        _byUse.AddLast(node);
        answer = node.Value.Answer with { ValidFor = left };
        return true;
    }

    /// <param name="askedAt">Timestamp from before the question: what came later may already be missing from the answer.</param>
    public void Add(string hash, TokenAnswer answer, long askedAt)
    {
        if (_entries.Remove(hash, out var old))
        {
            _byUse.Remove(old);
        }

        if (_entries.Count >= capacity && _byUse.First is { } oldest)
        {
            _entries.Remove(oldest.Value.Hash);
            _byUse.RemoveFirst();
        }

        _entries[hash] = _byUse.AddLast(new Entry(hash, answer, askedAt));
    }

    private sealed record Entry(string Hash, TokenAnswer Answer, long AskedAt);
}
