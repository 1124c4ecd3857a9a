using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Gateway.Storage.Sql;

/// <summary>A statement that is prepared once and run for many rows, in the order of its parameters. The driver's own commands look every parameter up and box every value, which costs several times what SQLite takes.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private byte[] _text = new byte[1024];
    private int _bound;

    /// <param name="transaction">Of <see cref="SqliteDatabase"/>; the statement belongs to it.</param>
    /// <param name="text">With <c>?</c> for each value.</param>
    public SqliteStatement(DbTransaction transaction, string text)
    {
        _connection = ((SqliteConnection)transaction.Connection!).Handle!;
        Check(raw.sqlite3_prepare_v2(_connection, text, out _statement));
    }

    public SqliteStatement Text(string? value)
    {
        var most = Encoding.UTF8.GetMaxByteCount(value?.Length ?? 0);
        if (most > _text.Length)
        {
            _text = new byte[most];
        }

        var length = Encoding.UTF8.GetBytes(value, _text);
        Check(raw.sqlite3_bind_text(_statement, ++_bound, _text.AsSpan(0, length)));
        return this;
    }

    public SqliteStatement Number(long? value)
    {
        Check(value is { } number ? raw.sqlite3_bind_int64(_statement, ++_bound, number) : raw.sqlite3_bind_null(_statement, ++_bound));
        return this;
    }

    public SqliteStatement Flag(bool value) => Number(value ? 1 : 0);

    public SqliteStatement Bytes(ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(_statement, ++_bound, value));
        return this;
    }

    /// <exception cref="SqliteException">As by the driver.</exception>
    public void Run()
    {
        _bound = 0;
        var result = raw.sqlite3_step(_statement);
        Check(result == raw.SQLITE_DONE ? raw.sqlite3_reset(_statement) : result);
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _connection);
}
