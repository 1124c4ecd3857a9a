using Npgsql;

namespace Gateway.Storage.Sql.Postgres;

/// <summary><c>Host=…;Database=…;Username=…;Password=…</c>: the driver's own form of <c>DATABASE_URL</c>.</summary>
internal static class PostgresKeywords
{
    public const string Forms = "postgres://user:password@host:5432/database or Host=…;Database=…;Username=…;Password=…";

    public static NpgsqlConnectionStringBuilder? Parse(string text, out string? problem)
    {
        problem = null;
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(text);

            // Which of several hosts is used is the gateway's choice: the one that takes writes.
            builder.Remove("Target Session Attributes");
            return builder;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or KeyNotFoundException or OverflowException)
        {
            // Not the driver's own words: they may quote a piece of a password.
            problem = "must be " + Forms;
            return null;
        }
    }
}
