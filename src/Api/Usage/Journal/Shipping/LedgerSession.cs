using System.Globalization;

namespace Gateway.Api.Usage.Journal.Shipping;

/// <summary>
/// The names under which the ledger keeps the position of one journal. A journal that goes on behind the place where its session was closed (a copy
/// was taken in while its process lived, or before the journal itself was found) goes on under another name, which follows from session and
/// place: whoever holds the same journal finds the same one, so that the rest counts once as well.
/// </summary>
internal static class LedgerSession
{
    private const char Separator = '@';

    public static string After(string session, long closedAt) => string.Create(CultureInfo.InvariantCulture, $"{session}{Separator}{closedAt:x}");

    /// <summary>The session whose journal it is.</summary>
    public static string JournalOf(string name) => name.Split(Separator)[0];
}
