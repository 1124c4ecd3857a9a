namespace Gateway.Grains.Endpoints;

/// <summary>
/// Entries that lead to another upstream than before: what was learned of the one before, such as an hour of cooling, must not hold for it. Each is
/// told until it has answered.
/// </summary>
internal sealed class UpstreamChanges(Func<string, Task> reset)
{
    private readonly HashSet<string> _untold = new(StringComparer.Ordinal);
    private bool _isTelling;

    public void Add(IEnumerable<string> entries) => _untold.UnionWith(entries);

    /// <summary>Never throws.</summary>
    public async Task TellAsync()
    {
        if (_isTelling)
        {
            return;
        }

        _isTelling = true;
        foreach (var entry in _untold.ToList())
        {
            try
            {
                // Taken out first: it may change once more meanwhile.
                _untold.Remove(entry);
                await reset(entry);
            }
            catch (Exception)
            {
                _untold.Add(entry);
            }
        }

        _isTelling = false;
    }
}
