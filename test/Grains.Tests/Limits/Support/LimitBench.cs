using Gateway.Abstractions.Limits;
using Gateway.Grains.Limits;
using Gateway.Grains.Tests.Limits.Model;
using Gateway.Grains.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Gateway.Grains.Tests.Limits.Support;

/// <summary>One subject on a clock of the test's own, with a store that works unless it is told otherwise.</summary>
internal sealed class LimitBench
{
    private readonly List<string> _lost = [];
    private long _version;

    public LimitBench(DateTimeOffset start)
    {
        Clock = new FakeTimeProvider(start);
        Silo = NewSilo();
    }

    public LimitBench()
        : this(new DateTimeOffset(2026, 5, 6, 12, 0, 0, TimeSpan.Zero))
    {
    }

    public FakeTimeProvider Clock { get; }

    public SimulatedStore Store { get; } = new();

    public LogSink Log { get; } = new();

    public SimulatedSilo Silo { get; private set; }

    public SubjectLimits Limits { get; private set; } = new() { Version = 0 };

    public static WindowLimit PerMinute(long limit) => new() { Id = "rpm", Unit = LimitUnit.Requests, Window = WindowKind.Minute, Limit = limit };

    public static WindowLimit PerDay(long limit) => new() { Id = "rpd", Unit = LimitUnit.Requests, Window = WindowKind.Day, Limit = limit };

    public static WindowLimit Budget(long limit, WindowKind window = WindowKind.Month) =>
        new() { Id = "budget", Unit = LimitUnit.NanoUsd, Window = window, Limit = limit, IsHard = true, IsBudget = true };

    public LimitBench With(params WindowLimit[] windows)
    {
        Limits = Limits with { Version = ++_version, Windows = [.. windows] };
        return this;
    }

    public LimitBench WithConcurrency(int? concurrency)
    {
        Limits = Limits with { Version = ++_version, Concurrency = concurrency };
        return this;
    }

    public LimitBench In(string timeZone)
    {
        Limits = Limits with { Version = ++_version, TimeZone = timeZone };
        return this;
    }

    public BenchSession Session(string id = "one") => new(id, this);

    /// <param name="isCompared">False: the store has no clock of its own to compare with.</param>
    public SimulatedSilo NewSilo(bool isCompared = true) => new(Clock, Store, _lost.Contains, new LoggerFactory([Log]).CreateLogger<QuotaKeeper>()) { IsCompared = isCompared };

    public LimitBench Embedded()
    {
        Silo = NewSilo(isCompared: false);
        return this;
    }

    /// <summary>As when its silo was killed.</summary>
    public void Restart()
    {
        Silo.Crash();
        Silo = NewSilo();
    }

    public void Lose(string session) => _lost.Add(session);

    public void Pass(TimeSpan time)
    {
        Clock.Advance(time);
        Silo.Drain();
    }

    public void PassTo(DateTimeOffset time) => Pass(time - Clock.GetUtcNow());

    public WindowState Window(string id) => Silo.Describe(Limits)!.Windows.Single(window => window.WindowId == id);
}
