namespace Orleans.Configuration;

/// <summary>Which cluster this process belongs to.</summary>
public class ClusterOptions
{
    /// <summary>Default: <c>default</c>.</summary>
    public string ClusterId { get; set; } = "default";

    /// <summary>Default: <c>default</c>.</summary>
    public string ServiceId { get; set; } = "default";
}
