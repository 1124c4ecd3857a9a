using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gateway.Api.Authentication.Subjects;
using Gateway.Storage.Keys;

namespace Gateway.Api.Management.Keys;

/// <summary>What may be shown of a key, field by field: a field that is added to the record stays hidden until it is added here.</summary>
internal sealed class ApiKeyJson(SubjectNames names, TimeProvider time)
{
    /// <param name="text">The key itself; null in every answer but the one to its creation.</param>
    public byte[] Write(ApiKeyRecord record, string? text) => Write(writer => Write(writer, new StoredApiKey(record, IsAuthentic: true), text));

    public byte[] Write(StoredApiKey stored) => Write(writer => Write(writer, stored, null));

    /// <param name="cursor">Where the next page begins; null: there is none.</param>
    public byte[] WriteList(IEnumerable<StoredApiKey> page, string? cursor) => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("data");
        foreach (var stored in page)
        {
            Write(writer, stored, null);
        }

        writer.WriteEndArray();
        writer.WriteBoolean("has_more", cursor is not null);
        writer.WriteString("cursor", cursor);
        writer.WriteEndObject();
    });

    private void Write(Utf8JsonWriter writer, StoredApiKey stored, string? text)
    {
        var record = stored.Record;
        writer.WriteStartObject();
        writer.WriteString("id", record.Id);
        if (text is not null)
        {
            writer.WriteString("key", text);
        }

        writer.WriteString("name", record.Name);
        writer.WriteString("hint", record.Hint + "…");
        writer.WriteString("status", StatusOf(stored));
        writer.WriteString("owner", record.Owner is { } owner ? names.ShowSubject(owner) : null);
        WriteNames(writer, "groups", record.Groups.Select(group => names.Show(SubjectNames.Group, group)));
        writer.WriteString("project", record.Project is { } project ? names.Show(SubjectNames.Project, project) : null);
        writer.WriteString("role", record.Role);
        WriteNames(writer, "models", record.Models);
        WriteNames(writer, "routes", record.Routes);
        writer.WriteBoolean("on_behalf_of", record.OnBehalfOf);
        writer.WriteString("created_at", Time(record.CreatedAt));
        writer.WriteString("created_by", names.ShowSubject(record.CreatedBy));
        writer.WriteString("expires_at", record.ExpiresAt is { } expires ? Time(expires) : null);
        writer.WriteString("revoked_at", record.RevokedAt is { } revoked ? Time(revoked) : null);
        writer.WriteString("previous_valid_until", record.PreviousUntil is { } until ? Time(until) : null);
        writer.WriteString("parent", record.Parent);
        WriteNames(writer, "maker_groups", record.MakerGroups.Select(group => names.Show(SubjectNames.Group, group)));
        WriteNames(writer, "maker_domains", record.MakerDomains);
        writer.WriteString("last_used_at", stored.LastUsedAt is { } used ? Time(used) : null);
        writer.WriteEndObject();
    }

    private string StatusOf(StoredApiKey stored) => stored switch
    {
        { IsAuthentic: false } => "forged",
        { Record.RevokedAt: not null } => "revoked",
        { Record.ExpiresAt: { } expires } when time.GetUtcNow() >= expires => "expired",
        _ => "active",
    };

    private static byte[] Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            content(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteNames(Utf8JsonWriter writer, string property, IEnumerable<string> values)
    {
        writer.WriteStartArray(property);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }

    private static string Time(DateTimeOffset value) => value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
