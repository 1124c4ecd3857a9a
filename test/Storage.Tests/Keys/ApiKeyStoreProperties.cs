using FsCheck.Fluent;
using Gateway.Storage.Keys;

namespace Gateway.Storage.Tests.Keys;

/// <summary>Random schedules of changes against a model: what a follower that reads only changes ends up with.</summary>
public abstract class ApiKeyStoreProperties(TestDialect dialect)
{
    private static readonly CancellationToken None = CancellationToken.None;

    private enum Step
    {
        Insert,
        Update,
        StaleUpdate,
        Revoke,
        Follow,
        TurnClockBack,
    }

    [Fact]
    public async Task A_follower_of_changes_sees_exactly_the_present_keys_and_versions_only_rise()
    {
        var schedule = Gen.NonEmptyListOf(Gen.Zip(Gen.Elements(Enum.GetValues<Step>()), Gen.Choose(0, 4)));
        foreach (var steps in Gen.Sample(schedule, 60, 30))
        {
            (await RunAsync(steps)).Should().BeTrue("it must hold for {0}", string.Join(' ', steps));
        }
    }

    private async Task<bool> RunAsync(IEnumerable<(Step Step, int Key)> steps)
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        var present = new Dictionary<string, ApiKeyRecord>(StringComparer.Ordinal);
        var followed = new Dictionary<string, ApiKeyRecord>(StringComparer.Ordinal);
        var newest = 0L;
        var read = 0L;
        foreach (var (step, key) in steps)
        {
            var id = $"k{key}";
            present.TryGetValue(id, out var known);
            var changed = step switch
            {
                Step.Insert when known is null => (await store.InsertAsync(TestKeys.New(id), TestKeys.Audit, null, None)).Stored!.Record,
                Step.Update when known is not null => await store.UpdateAsync(known with { Name = known.Name + "x" }, TestKeys.Audit, None),
                Step.StaleUpdate when known is not null => await store.UpdateAsync(known with { Version = known.Version - 1 }, TestKeys.Audit, None),
                Step.Revoke when known is { RevokedAt: null } => (await store.RevokeAsync(id, TestKeys.Audit, None))!,
                _ => null,
            };
            if (changed is not null)
            {
                if (step == Step.StaleUpdate || changed.Version <= newest)
                {
                    return false;
                }

                newest = changed.Version;
                present[id] = changed;
            }

            if (step == Step.TurnClockBack)
            {
                database.Time.Advance(TimeSpan.FromHours(-1));
            }

            if (step == Step.Follow)
            {
                read = await FollowAsync(store, followed, read);
            }
        }

        await FollowAsync(store, followed, read);
        return followed.Count == present.Count
            && present.All(pair => followed[pair.Key].Version == pair.Value.Version && followed[pair.Key].Name == pair.Value.Name)
            && await store.MaxVersionAsync(None) == newest;
    }

    private static async Task<long> FollowAsync(SqlApiKeyStore store, Dictionary<string, ApiKeyRecord> followed, long since)
    {
        while (await store.ChangedSinceAsync(since, 2, None) is { Count: > 0 } page)
        {
            foreach (var stored in page.Where(stored => stored.IsAuthentic))
            {
                followed[stored.Record.Id] = stored.Record;
                since = stored.Record.Version;
            }
        }

        return since;
    }
}

public sealed class SqliteApiKeyStoreProperties() : ApiKeyStoreProperties(TestDialect.Sqlite);

public sealed class PostgresApiKeyStoreProperties() : ApiKeyStoreProperties(TestDialect.Postgres);
