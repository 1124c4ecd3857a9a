using Gateway.Storage.Clock;
using Gateway.Storage.Sql.Postgres;

namespace Gateway.Storage.Tests.Clock;

public sealed class DatabaseClockTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(-60_000, true)]
    [InlineData(-5_000, true)]
    [InlineData(0, false)]
    [InlineData(5_000, true)]
    [InlineData(60_000, true)]
    public async Task A_clock_that_is_off_is_told_by_how_much(int milliseconds, bool tooFar)
    {
        using var database = (PostgresTestDatabase)await TestDatabase.CreateEmptyAsync(TestDialect.Postgres);
        using var shifted = new PostgresDatabase(database.Target(), TestDatabase.CallTimeout, new ShiftedTime(TimeSpan.FromMilliseconds(milliseconds)));

        // The first call also opens the connection; a busy machine may take a while for either.
        var reading = await new DatabaseClock(shifted).ReadAsync(None);

        (reading.Offset + TimeSpan.FromMilliseconds(milliseconds)).Duration().Should().BeLessThanOrEqualTo(reading.Uncertainty + TimeSpan.FromMilliseconds(2));
        reading.IsTooFarOff.Should().Be(tooFar);
    }

    [Theory]
    [InlineData(501, 0, true)]
    [InlineData(-501, 0, true)]
    [InlineData(500, 0, false)]
    [InlineData(900, 450, false)]
    [InlineData(1000, 450, true)]
    public void A_slow_answer_alone_is_no_wrong_clock(int offset, int uncertainty, bool tooFar) =>
        new ClockReading(TimeSpan.FromMilliseconds(offset), TimeSpan.FromMilliseconds(uncertainty)).IsTooFarOff.Should().Be(tooFar);

    [Fact]
    public async Task An_embedded_database_has_the_clock_of_its_process()
    {
        using var database = await TestDatabase.CreateAsync(TestDialect.Sqlite);

        (await new DatabaseClock(database.Database).ReadAsync(None)).Should().Be(new ClockReading(TimeSpan.Zero, TimeSpan.Zero));
    }

    private sealed class ShiftedTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
