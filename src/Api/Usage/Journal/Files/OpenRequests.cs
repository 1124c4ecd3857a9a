namespace Gateway.Api.Usage.Journal.Files;

/// <summary>Requests whose outcome is awaited: a slot each, taken again by later ones. Not safe for several threads.</summary>
internal sealed class OpenRequests
{
    private readonly Stack<int> _free = [];
    private long[] _numbers = new long[64];
    private int _used;

    public int Count => _used - _free.Count;

    public int Take(long number)
    {
        if (!_free.TryPop(out var slot))
        {
            slot = _used++;
            if (slot == _numbers.Length)
            {
                Array.Resize(ref _numbers, _numbers.Length * 2);
            }
        }

        _numbers[slot] = number;
        return slot;
    }

    public bool Holds(int slot, long number) => number > 0 && slot >= 0 && slot < _used && _numbers[slot] == number;

    public bool Release(int slot, long number)
    {
        if (!Holds(slot, number))
        {
            return false;
        }

        _numbers[slot] = 0;
        _free.Push(slot);
        return true;
    }
}
