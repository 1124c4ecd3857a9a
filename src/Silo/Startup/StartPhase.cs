namespace Gateway.Silo.Startup;

/// <summary>While the start lasts, its failure is told in one line at the end; the frameworks' own reports with stack traces are held back.</summary>
public sealed class StartPhase
{
    private volatile bool _ended;

    public bool Ended
    {
        get => _ended;
        set => _ended = value;
    }
}
