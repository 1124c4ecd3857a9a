namespace Orleans.Configuration;

/// <summary>Bounds of calls.</summary>
public abstract class MessagingOptions
{
    /// <summary>How long a caller waits for a method without [ResponseTimeout] before it gets a <see cref="TimeoutException"/>. Default: 30 s.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>Bounds of calls in a silo.</summary>
public class SiloMessagingOptions : MessagingOptions
{
    /// <summary>How many calls one activation may hold, waiting and running. Orleans has no bound by default. Default: 10,000.</summary>
    public int MaxEnqueuedRequestsHardLimit { get; set; } = 10_000;
}

/// <summary>Bounds of calls in a client.</summary>
public class ClientMessagingOptions : MessagingOptions;
