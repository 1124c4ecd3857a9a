namespace Orleans.Runtime;

/// <summary>Who this process is in the cluster.</summary>
public interface ILocalSiloDetails
{
    string Name { get; }

    string ClusterId { get; }

    SiloAddress SiloAddress { get; }
}
