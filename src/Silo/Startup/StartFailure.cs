using System.Net.Sockets;
using System.Text.RegularExpressions;
using Gateway.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Gateway.Silo.Startup;

/// <summary>Turns an exception of the start into the lines that an operator can act on.</summary>
internal static partial class StartFailure
{
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
        // The server names the address only in its text, and not for every kind of failure.
        var address = BindText().Match(exception.Message) is { Success: true } match ? match.Groups["address"].Value : string.Join(", ", attempt.Addresses);
        var way = Find<OrleansConfigurationException>(exception) is not null ? "set SILO_PORT to another port, or SILO_ADDRESS to another address of this machine"
            : attempt.AdminAddresses.Contains(address, StringComparer.OrdinalIgnoreCase) ? "set GATEWAY_ADMIN_URLS to another address, such as http://127.0.0.1:8081"
            : $"set {program.UrlsSetting} (or --urls) to another address, such as http://127.0.0.1:8080";
        return $"{address} {problem} {way}.";
    }

    [GeneratedRegex(@"address (?<address>https?://\S+?):? ", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex BindText();
}
