namespace Orleans.Runtime.Transport;

/// <summary>Lets others reach this silo.</summary>
internal interface ISiloListener
{
    /// <exception cref="OrleansConfigurationException">The address cannot be used.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Takes nothing new, and waits for what is under way until the token is cancelled.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}
