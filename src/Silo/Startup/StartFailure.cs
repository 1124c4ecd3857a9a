using System.Net.Sockets;
using System.Text.RegularExpressions;
using Gateway.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Gateway.Silo.Startup;

/// <summary>Turns an exception of the start into the lines that an operator can act on.</summary>
internal static partial class StartFailure
{
    public static IReadOnlyList<string> Explain(Exception exception, ProgramDescription program, IReadOnlyList<string> addresses, bool postgres = false) => exception switch
    {
        StartException or StopException or StorageVersionException => [exception.Message],
        OptionsValidationException invalid => [.. invalid.Failures],
        StorageUnavailableException unavailable when postgres => [$"DATABASE_URL: {unavailable.Message}"],
        StorageUnavailableException => ["DATA_DIR: the database in it cannot be opened, or does not answer; check the free space, the owner of the folder and how fast its disk is."],
        _ when Find<AddressInUseException>(exception) is not null => [$"{Address(exception, addresses)} is taken by another process; stop it, or set {program.UrlsSetting} (or --urls) to another address, such as http://127.0.0.1:8080."],
        _ when Find<SocketException>(exception) is { SocketErrorCode: SocketError.AccessDenied } => [$"{Address(exception, addresses)} may not be used by this user (ports below 1024 need a privilege); set {program.UrlsSetting} (or --urls) to another address."],
        _ when Find<SocketException>(exception) is { SocketErrorCode: SocketError.AddressNotAvailable } => [$"{Address(exception, addresses)} is no address of this machine; correct {program.UrlsSetting} (or --urls)."],
        _ => [$"The start failed: {exception.GetBaseException().Message.Split('\n')[0].Trim()}"],
    };

    private static TException? Find<TException>(Exception? exception)
        where TException : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is TException found)
            {
                return found;
            }
        }

        return null;
    }

    // The server names the address only in its text, and not for every kind of failure.
    private static string Address(Exception exception, IReadOnlyList<string> addresses) =>
        BindText().Match(exception.Message) is { Success: true } match ? match.Groups["address"].Value : string.Join(", ", addresses);

    [GeneratedRegex(@"address (?<address>https?://\S+?):? ", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex BindText();
}
