namespace Gateway.Cli.Journals;

/// <summary>Something is wrong with one journal here; others are none the worse.</summary>
internal sealed class JournalException(string path, Exception failure) : Exception($"{path}: {Describe(failure)}", failure)
{
    public static string Describe(Exception failure) =>
        failure.Message.TrimEnd('.') + (failure is UnauthorizedAccessException ? ". Run this as the user of the front-end, or as root" : "");
}
