using System.Globalization;
using Npgsql;

namespace Gateway.Storage.Sql.Postgres;

/// <summary>
/// Where a PostgreSQL is and how to log in, from <c>DATABASE_URL</c>. The password stands apart from everything that is printed,
/// and may change while connections are open: the next new one uses it.
/// </summary>
public sealed class PostgresTarget
{
    // Ten processes stay below the 100 connections that a server allows by default.
    private const int DefaultPoolSize = 8;

    private readonly string _connection;
    private readonly bool _hasPassword;
    private volatile string? _password;

    private PostgresTarget(NpgsqlConnectionStringBuilder builder)
    {
        _password = builder.Password;
        _hasPassword = _password is not null;
        builder.Password = null;
        DisplayName = $"{builder.Database} at {Hosts(builder)}";
        _connection = builder.ConnectionString;
    }

    /// <summary>Database, host and port.</summary>
    public string DisplayName { get; }

    /// <param name="text">Value of <c>DATABASE_URL</c>, of either form.</param>
    /// <param name="problem">Continues a sentence that begins with the setting's name; without any part of the text.</param>
    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PostgresTarget? target, out string? problem)
    {
        target = null;
        var builder = PostgresUrl.IsUrl(text) ? PostgresUrl.Parse(text, out problem) : PostgresKeywords.Parse(text, out problem);
        problem ??= ProblemOf(builder!);
        if (problem is not null)
        {
            return false;
        }

        Complete(builder!);
        target = new PostgresTarget(builder!);
        return true;
    }

    /// <summary>Takes over the password of another value of the setting.</summary>
    /// <returns>What is wrong with it; null: nothing.</returns>
    public string? Renew(string text)
    {
        if (!TryParse(text, out var other, out var problem))
        {
            return problem;
        }

        if (other._connection != _connection || other._hasPassword != _hasPassword)
        {
            return "names another database, user or option; restart the gateway to use it";
        }

        _password = other._password;
        return null;
    }

    public override string ToString() => DisplayName;

    internal NpgsqlDataSource CreateSource(TimeSpan callTimeout, string sessionSettings)
    {
        var seconds = (int)Math.Ceiling(callTimeout.TotalSeconds);
        var settings = new NpgsqlConnectionStringBuilder(_connection) { CommandTimeout = seconds, Timeout = seconds };
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        if (_hasPassword)
        {
            builder.UsePasswordProvider(_ => _password!, (_, _) => new ValueTask<string>(_password!));
        }

        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand(sessionSettings, connection);
                command.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var command = new NpgsqlCommand(sessionSettings, connection);
                await command.ExecuteNonQueryAsync();
            });

        // Of several hosts one takes writes, and after a failover it is another.
        return settings.Host!.Contains(',', StringComparison.Ordinal)
            ? builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.ReadWrite)
            : builder.Build();
    }

    private static string? ProblemOf(NpgsqlConnectionStringBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Host))
        {
            return "must name a host";
        }

        return string.IsNullOrWhiteSpace(builder.Database) ? "must name a database" : null;
    }

    private static void Complete(NpgsqlConnectionStringBuilder builder)
    {
        var given = builder.Keys.Cast<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        void Default(string keyword, object value)
        {
            if (!given.Contains(keyword))
            {
                builder[keyword] = value;
            }
        }

        Default("Application Name", "gateway");
        Default("Maximum Pool Size", DefaultPoolSize);
        Default("TCP Keepalive", true);
        Default("TCP Keepalive Time", 5);
        Default("TCP Keepalive Interval", 1);
        Default("GSS Encryption Mode", nameof(GssEncryptionMode.Disable));

        // No session state is left on a connection, so there is nothing to discard, and the session settings must stay.
        builder.NoResetOnClose = true;
        builder.Enlist = false;
        builder.Multiplexing = false;

        // A frozen server does not answer a cancellation either.
        builder.CancellationTimeout = 500;

        // What people stored must not get into messages and logs.
        builder.IncludeErrorDetail = false;
        builder.LogParameters = false;
        builder.PersistSecurityInfo = false;
    }

    private static string Hosts(NpgsqlConnectionStringBuilder builder)
    {
        var port = builder.Port.ToString(CultureInfo.InvariantCulture);
        return builder.Host!.Contains(',', StringComparison.Ordinal) ? builder.Host : $"{builder.Host}:{port}";
    }
}
