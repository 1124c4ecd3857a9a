namespace Gateway.Storage.Sql;

/// <summary>What an exception of a driver means to those who called; each database has its own codes for it.</summary>
internal enum DatabaseFailure
{
    /// <summary>It cannot be used at present: away, full, starting, without our tables yet, or refusing us.</summary>
    Unavailable,

    /// <summary>This connection is dead; the database behind it may be back already.</summary>
    ConnectionLost,

    /// <summary>Rival transactions: this one was undone as a whole and may run again.</summary>
    Conflict,

    /// <summary>A value does not fit its column; the same statement with another value may do.</summary>
    RefusedValue,

    /// <summary>The statement is wrong, or breaks a rule of the schema: a defect of the gateway.</summary>
    Defect,
}
