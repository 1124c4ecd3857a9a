using System.Collections.Concurrent;

namespace Gateway.Runtime.Tests.Grains;

/// <summary>What scripted grains do: a test writes it as a lambda that runs as grain code.</summary>
public sealed class Scripts
{
    private readonly ConcurrentDictionary<string, Func<ScriptedGrain, CancellationToken, Task<string>>> _scripts = new();

    public Func<ScriptedGrain, CancellationToken, Task> OnActivate { get; set; } = (_, _) => Task.CompletedTask;

    public Func<ScriptedGrain, DeactivationReason, CancellationToken, Task> OnDeactivate { get; set; } = (_, _, _) => Task.CompletedTask;

    public void Set(string name, Func<ScriptedGrain, CancellationToken, Task<string>> script) => _scripts[name] = script;

    public void Set(string name, Func<ScriptedGrain, string> script) => Set(name, (grain, _) => Task.FromResult(script(grain)));

    public Task<string> Run(string name, ScriptedGrain grain, CancellationToken token) => _scripts[name](grain, token);
}
