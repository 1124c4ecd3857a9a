namespace Orleans.Runtime.Activations;

/// <summary>Ends activations that nothing used for the collection age, except <see cref="KeepAliveAttribute"/> ones.</summary>
internal sealed class ActivationCollector(ActivationDirectory directory, TimeProvider clock, IOptions<GrainCollectionOptions> options) : IDisposable
{
    private ITimer? _timer;

    public void Start() => _timer = clock.CreateTimer(
        static state => ((ActivationCollector)state!).Collect(), this, options.Value.CollectionQuantum, options.Value.CollectionQuantum);

    public void Dispose() => _timer?.Dispose();

    private void Collect()
    {
        foreach (var activation in directory.Activations)
        {
            if (!activation.GrainClass.KeepAlive)
            {
                activation.Collect(options.Value.CollectionAge);
            }
        }
    }
}
