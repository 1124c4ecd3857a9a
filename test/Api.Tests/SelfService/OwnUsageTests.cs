using System.Data.Common;
using Gateway.Api.Authentication;
using Gateway.Api.SelfService;
using Gateway.Storage.Ledger.Reading;
using Gateway.Storage.Sql;

namespace Gateway.Api.Tests.SelfService;

public sealed class OwnUsageTests
{
    private readonly HeldDatabase _database = new();
    private readonly OwnUsage _usage;

    public OwnUsageTests() => _usage = new OwnUsage(new UsageReader(_database), TimeProvider.System);

    [Fact]
    public async Task However_often_a_caller_asks_at_once_the_ledger_is_asked_once()
    {
        using var gone = new CancellationTokenSource();
        var first = _usage.ReadAsync(User("alice"), gone.Token);
        var others = Enumerable.Range(0, 20).Select(_ => _usage.ReadAsync(User("alice"), CancellationToken.None)).ToList();
        var bob = _usage.ReadAsync(User("bob"), CancellationToken.None);

        // Whoever asked first hangs up: the others have their answer all the same.
        await gone.CancelAsync();
        await FluentActions.Awaiting(() => first).Should().ThrowAsync<OperationCanceledException>();
        _database.Release();

        (await Task.WhenAll(others)).Should().OnlyContain(own => own!.Month.Requests == 0);
        (await bob).Should().NotBeNull();
        _database.Reads.Should().Be(2);
    }

    [Fact]
    public async Task An_answer_is_not_kept()
    {
        _database.Release();
        await _usage.ReadAsync(User("alice"), CancellationToken.None);

        await _usage.ReadAsync(User("alice"), CancellationToken.None);

        _database.Reads.Should().Be(2);
    }

    private static Caller User(string id) => new() { User = "user:local/" + id, Id = id, Username = id, Name = id, AuthService = "local" };

    /// <summary>Has nothing, and says so when it is let.</summary>
    private sealed class HeldDatabase() : GatewayDatabase(TimeSpan.FromSeconds(30), TimeProvider.System)
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _reads;

        public int Reads => Volatile.Read(ref _reads);

        public override string Dialect => "Sqlite";

        public override string DisplayName => "held";

        internal override bool IsShared => false;

        internal override string? MigrationLock => null;

        internal override string? ClockQuery => null;

        public void Release() => _released.SetResult();

        internal override string TextsIn(string column) => column;

        internal override string SumOf(string column) => column;

        internal override DatabaseFailure Classify(Exception exception) => DatabaseFailure.Defect;

        internal override string Explain(Exception exception) => exception.Message;

        protected override async Task<T> RunReadAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            await _released.Task.WaitAsync(cancellationToken);
            return (T)(object)Array.Empty<UsageRow>();
        }

        protected override Task<T> RunWriteAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
