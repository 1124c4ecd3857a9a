using System.Net.Sockets;
using Npgsql;

namespace Gateway.Storage.Sql.Postgres;

/// <summary>SQLSTATE codes as <see cref="DatabaseFailure"/> and as words for operators.</summary>
internal static class PostgresFailures
{
    public static DatabaseFailure Classify(Exception exception) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected } => DatabaseFailure.Conflict,
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.ReadOnlySqlTransaction } => DatabaseFailure.ConnectionLost,

        // Not migrated yet, or restored to an older state.
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn } => DatabaseFailure.Unavailable,
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } => DatabaseFailure.Unavailable,
        PostgresException { SqlState: ['2', '2', ..] } => DatabaseFailure.RefusedValue,
        PostgresException { SqlState: ['2', '3', ..] or ['4', '2', ..] } => DatabaseFailure.Defect,
        PostgresException => DatabaseFailure.Unavailable,

        // A call that ran into its time limit says nothing about the next one; everything else broke the connection.
        NpgsqlException { InnerException: TimeoutException } => DatabaseFailure.Unavailable,
        NpgsqlException { IsTransient: true } => DatabaseFailure.ConnectionLost,
        _ => DatabaseFailure.Unavailable,
    };

    public static bool IsReadOnly(Exception exception) => exception is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction };

    public static string Explain(Exception exception) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
            "refuses the user or the password of DATABASE_URL.",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => "does not exist on that server; create it, or correct DATABASE_URL.",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } => "denies the user of DATABASE_URL a right that the gateway needs.",
        PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } => "has no connection left; raise max_connections or lower Maximum Pool Size in DATABASE_URL.",
        PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow } => "is starting up or shutting down.",
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn } => "does not have the tables of this version yet.",
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => "is read-only at present.",
        PostgresException { SqlState: ['2', '2', ..] } refused => $"refused a value (SQLSTATE {refused.SqlState}).",
        PostgresException refused => $"refused a call (SQLSTATE {refused.SqlState}: {refused.MessageText}).",
        NpgsqlException { InnerException: TimeoutException } => "did not answer in time.",
        _ when exception.GetBaseException() is SocketException socket => $"cannot be reached: {socket.Message}.",
        _ => $"cannot be used: {exception.Message.TrimEnd('.')}.",
    };
}
