namespace Gateway.Testing.Clusters;

/// <summary>Gives each part its port: free ones for tests, a row of fixed ones for people.</summary>
internal sealed class ClusterPorts(int? first)
{
    private int? next = first;

    public int Next()
    {
        if (next is not { } port)
        {
            return FreePort.Next();
        }

        next = port + 1;
        return port;
    }
}
