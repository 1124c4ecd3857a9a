using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Gateway.Api.Authentication;
using Gateway.Api.Errors;
using Gateway.Silo.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Gateway.Api.Tests.Forwarding.Rig;

/// <summary>Lets everybody in who does not say <c>Bearer wrong</c>.</summary>
internal sealed class TestAuthenticator : IAuthenticator
{
    public Caller Caller { get; set; } = new() { User = "user:local/alice", Id = "alice", Username = "alice", Name = "test", AuthService = "gateway" };

    public Exception? Throws { get; set; }

    public ValueTask<AuthenticationOutcome> AuthenticateAsync(HttpContext context, CancellationToken cancellationToken) =>
        Throws is not null ? throw Throws
        : ValueTask.FromResult(context.Request.Headers.Authorization == "Bearer wrong"
            ? new AuthenticationOutcome(null, GatewayErrors.Unauthenticated("Unknown key."))
            : new AuthenticationOutcome(Caller, null));
}

/// <summary>Every account <c>x</c> has the key <c>sk-x-0123456789</c>; accounts that end in <c>2keys</c> have a newer one before it.</summary>
internal sealed class TestCredentials : IProviderCredentials
{
    public long Version => 1;

    public ProviderCredential Find(string endpointId) =>
        new() { Keys = endpointId.EndsWith("2keys", StringComparison.Ordinal) ? ["sk-newer-0123456789", $"sk-{endpointId}-0123456789"] : [$"sk-{endpointId}-0123456789"], Headers = ImmutableDictionary<string, string>.Empty, Origins = [] };
}

/// <summary>There is no silo: whoever calls a grain fails the test.</summary>
public class NoGrains : DispatchProxy
{
    public static IGrainFactory Factory { get; } = Create<IGrainFactory, NoGrains>();

    protected override object Invoke(MethodInfo? targetMethod, object?[]? args) =>
        throw new NotSupportedException("No grain is called in these tests.");
}

internal sealed class RecordedLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

    public void Dispose()
    {
    }
}
