namespace Gateway.Runtime.Tests.Grains;

public interface IScriptedGrain : IGrainWithStringKey
{
    Task<string> Run(string script);

    Task<string> RunCancellable(string script, CancellationToken token);

    [AlwaysInterleave]
    Task<string> RunInterleaved(string script);

    [AlwaysInterleave]
    Task<string> RunInterleavedCancellable(string script, CancellationToken token = default);

    [ReadOnly]
    Task<string> RunReadOnly(string script);

    [ResponseTimeout("00:00:05")]
    Task<string> RunBriefly(string script);

    [OneWay]
    Task RunOneWay(string script);
}

/// <summary>Runs scripts; each activation has a number of its own.</summary>
public sealed class ScriptedGrain(Scripts scripts) : Grain, IScriptedGrain
{
    private static int _instances;

    public int Instance { get; } = Interlocked.Increment(ref _instances);

    public IGrainFactory Factory => GrainFactory;

    public void End() => DeactivateOnIdle();

    public override Task OnActivateAsync(CancellationToken cancellationToken) => scripts.OnActivate(this, cancellationToken);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        scripts.OnDeactivate(this, reason, cancellationToken);

    public Task<string> Run(string script) => scripts.Run(script, this, CancellationToken.None);

    public Task<string> RunCancellable(string script, CancellationToken token) => scripts.Run(script, this, token);

    public Task<string> RunInterleaved(string script) => scripts.Run(script, this, CancellationToken.None);

    public Task<string> RunInterleavedCancellable(string script, CancellationToken token) => scripts.Run(script, this, token);

    public Task<string> RunReadOnly(string script) => scripts.Run(script, this, CancellationToken.None);

    public Task<string> RunBriefly(string script) => scripts.Run(script, this, CancellationToken.None);

    public Task RunOneWay(string script) => scripts.Run(script, this, CancellationToken.None);
}
