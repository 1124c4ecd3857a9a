using Gateway.Testing.Clusters;

namespace Gateway.LocalCluster;

/// <summary>Stops the processes as an operator would: those that serve first, then those that they need.</summary>
internal static class ClusterStop
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    public static async Task InOrderAsync(ClusterRig rig)
    {
        foreach (ClusterPart[] parts in (ClusterPart[][])[[.. rig.FrontEnds], [.. rig.Silos]])
        {
            await Task.WhenAll(parts.Where(part => part.IsRunning).Select(StopAsync));
        }
    }

    private static async Task StopAsync(ClusterPart part)
    {
        try
        {
            await part.StopAsync(Bound);
        }
        catch (TimeoutException)
        {
            // Killed by its id after the bound; the others still end in order.
            Console.WriteLine($"{part.Name} did not end within {Bound.TotalSeconds} s and was killed.");
        }
    }
}
