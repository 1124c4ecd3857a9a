namespace Gateway.Api.Usage.Journal.Entries;

/// <summary>Kinds of entries. Readers skip those that they do not know.</summary>
internal enum EntryKind : byte
{
    /// <summary>First in every file: whose it is.</summary>
    Header = 1,
    Intent = 2,
    Outcome = 3,
}
