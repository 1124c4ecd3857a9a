using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sql;

/// <summary>Result codes of SQLite as <see cref="DatabaseFailure"/>.</summary>
internal static class SqliteFailures
{
    private const int Error = 1;
    private const int Constraint = 19;
    private const int Mismatch = 20;
    private const int Misuse = 21;
    private const int Range = 25;

    // Of a column in a STRICT table, and of a trigger.
    private const int ConstraintDatatype = Constraint | (12 << 8);
    private const int ConstraintTrigger = Constraint | (7 << 8);

    public static DatabaseFailure Classify(Exception exception) => exception is SqliteException { SqliteExtendedErrorCode: ConstraintDatatype or ConstraintTrigger or Mismatch } ? DatabaseFailure.RefusedValue
        : exception is SqliteException { SqliteErrorCode: var code } && (code is Constraint or Mismatch or Misuse or Range || (code == Error && !LacksSchema(exception)))
        ? DatabaseFailure.Defect
        : DatabaseFailure.Unavailable;

    // The file was replaced or emptied under us; there is no code of its own for it.
    private static bool LacksSchema(Exception exception) =>
        exception.Message.Contains("no such table", StringComparison.Ordinal) || exception.Message.Contains("no such column", StringComparison.Ordinal);
}
