namespace Orleans.Configuration;

/// <summary>What this silo is called.</summary>
public class SiloOptions
{
    /// <summary>Default: the name of the machine.</summary>
    public string SiloName { get; set; } = Environment.MachineName;
}
