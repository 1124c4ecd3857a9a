using System.Text.Json;
using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Errors;
using Gateway.Api.Forwarding.Body;
using Gateway.Silo.Settings.Subjects;

namespace Gateway.Api.Usage;

/// <summary>
/// Whom a request is made for, by the word of a key that acts for others: (1) the header, which stays here; (2) else the body's
/// <c>safety_identifier</c>, (3) else its <c>user</c>, which the upstream sees too. What other callers say is not even read: records
/// are written in nobody's name without the right to.
/// </summary>
internal static class EndUserName
{
    public const string Header = "x-gateway-end-user";

    // Every character as \uXXXX, and the quotes.
    private const int MaxJsonLength = (SubjectGrammar.MaxIdLength * 6) + 2;

    /// <returns>Null: nobody, or see the error.</returns>
    public static string? Of(Caller caller, IHeaderDictionary headers, PeekedRequest peeked, ReadOnlySpan<byte> body, out GatewayError? error)
    {
        error = null;
        if (!caller.ActsOnBehalfOfOthers)
        {
            return null;
        }

        if (headers.TryGetValue(Header, out var values))
        {
            return Checked(values.Count == 1 ? values[0] : null, Header, out error);
        }

        var (field, range) = peeked.SafetyIdentifier.IsEmpty ? ("user", peeked.User) : ("safety_identifier", peeked.SafetyIdentifier);
        return range.IsEmpty ? null : Checked(Text(body.Slice(range.Start, range.Length)), field, out error);
    }

    private static string? Checked(string? name, string param, out GatewayError? error)
    {
        error = name is not null && SubjectGrammar.IsId(name)
            ? null
            : GatewayErrors.BadRequest($"'{param}' must name one end user, with 1 to {SubjectGrammar.MaxIdLength} visible characters.", param);
        return error is null ? name : null;
    }

    private static string? Text(ReadOnlySpan<byte> json)
    {
        if (json[0] != (byte)'"' || json.Length > MaxJsonLength)
        {
            return null;
        }

        var reader = new Utf8JsonReader(json);
        reader.Read();
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: valid JSON, yet no text.
            return null;
        }
    }
}
