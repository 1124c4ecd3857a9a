using System.Net.Sockets;
using System.Text.RegularExpressions;
using Gateway.Silo.Settings.Readers;
using Gateway.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Gateway.Silo.Startup;

/// <summary>Turns an exception of the start into the lines that an operator can act on.</summary>
internal static partial class StartFailure
{
    private const string AdminUrls = "GATEWAY_ADMIN_URLS";

    public static IReadOnlyList<string> Explain(Exception exception, ProgramDescription program, StartAttempt attempt, bool postgres = false) => exception switch
    {
        StartException or StopException or StorageVersionException => [exception.Message],
        OptionsValidationException invalid => [.. invalid.Failures],
        StorageUnavailableException unavailable when postgres => [$"DATABASE_URL: {unavailable.Message}"],
        StorageUnavailableException => ["DATA_DIR: the database in it cannot be opened, or does not answer; check the free space, the owner of the folder and how fast its disk is."],
        _ when Find<AddressInUseException>(exception) is not null => [Refused("is taken by another process; stop it, or", exception, program, attempt)],
        _ when Find<SocketException>(exception) is { SocketErrorCode: SocketError.AccessDenied } => [Refused("may not be used by this user (ports below 1024 need a privilege);", exception, program, attempt)],
        _ when Find<SocketException>(exception) is { SocketErrorCode: SocketError.AddressNotAvailable } => [Refused("is no address of this machine;", exception, program, attempt)],
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

    private static string Refused(string problem, Exception exception, ProgramDescription program, StartAttempt attempt)
    {
        // The server names the address only in its text, in its own spelling, and not for every kind of failure.
        var named = BindText().Match(exception.Message) is { Success: true } match ? match.Groups["address"].Value : null;
        if (Find<OrleansConfigurationException>(exception) is not null)
        {
            return $"{named ?? "The silo port"} {problem} set SILO_PORT to another port.";
        }

        var isAdmin = named is not null && attempt.AdminAddresses.Any(one => ProcessSettings.PortOf(one) == ProcessSettings.PortOf(named));
        var setting = isAdmin ? AdminUrls
            : named is null && !attempt.AdminAddresses.IsEmpty ? $"{program.UrlsSetting} (or --urls) or {AdminUrls}, whichever it is in,"
            : $"{program.UrlsSetting} (or --urls)";
        return $"{named ?? string.Join(", ", attempt.Addresses)} {problem} set {setting} to another address, such as http://127.0.0.1:{(isAdmin ? 8081 : 8080)}.";
    }

    [GeneratedRegex(@"address (?<address>https?://\S+?):? ", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex BindText();
}
