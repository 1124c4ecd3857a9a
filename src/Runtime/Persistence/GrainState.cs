namespace Orleans.Runtime.Persistence;

internal sealed class GrainState<T> : IGrainState<T>
{
    public T? State { get; set; } = Activator.CreateInstance<T>();

    public string? ETag { get; set; }

    public bool RecordExists { get; set; }
}
