namespace Gateway.Bench;

/// <summary>The figures that are promised, and which of them a run missed.</summary>
internal sealed class Bars
{
    private readonly List<string> missed = [];

    /// <summary>A figure that is no number is missed, too.</summary>
    public void AtMost(double bar, double figure, string name) => Judge(figure <= bar, $"{name} {figure:0.###} (at most {bar:0.###})");

    /// <inheritdoc cref="AtMost"/>
    public void AtLeast(double bar, double figure, string name) => Judge(figure >= bar, $"{name} {figure:0.###} (at least {bar:0.###})");

    /// <summary>Prints the verdict; the exit code of the run.</summary>
    public int Conclude()
    {
        Console.WriteLine(missed.Count == 0 ? "Every promised figure was held." : "Missed: " + string.Join("; ", missed));
        return missed.Count == 0 ? 0 : 1;
    }

    private void Judge(bool isHeld, string text)
    {
        if (!isHeld)
        {
            missed.Add(text);
        }
    }
}
