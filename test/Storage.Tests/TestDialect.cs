namespace Gateway.Storage.Tests;

/// <summary>The databases that every promise of the storage holds for.</summary>
public enum TestDialect
{
    Sqlite,
    Postgres,
}
