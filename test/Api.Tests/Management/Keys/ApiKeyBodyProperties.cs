using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Management.Keys;
using Gateway.Api.Tests.Authentication;
using Gateway.Silo.Settings.Subjects;

namespace Gateway.Api.Tests.Management.Keys;

public sealed class ApiKeyBodyProperties
{
    private static readonly string[] Fields = ["name", "owner", "groups", "project", "role", "models", "expires_at", "id", ""];
    private readonly ApiKeyBody _body = new(new SubjectNames("local"), new ManualTime());

    private static Gen<JsonNode?> Values { get; } = Gen.OneOf(
        ArbMap.Default.GeneratorFor<string>().Select(text => (JsonNode?)(text is null ? null : JsonValue.Create(text))),
        Gen.Elements("alice", "corp/alice", "admin", "2031-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999-23:59", "T-").Select(text => (JsonNode?)JsonValue.Create(text)),
        ArbMap.Default.GeneratorFor<int>().Select(number => (JsonNode?)JsonValue.Create(number)),
        ArbMap.Default.GeneratorFor<string[]>().Select(items => (JsonNode?)new JsonArray([.. items.Select(item => (JsonNode?)item)])),
        Gen.Constant((JsonNode?)new JsonObject()));

    [Fact]
    public void Any_object_becomes_either_a_bounded_draft_or_an_error_that_names_a_field() =>
        Prop.ForAll(
            Gen.ListOf(Gen.Zip(Gen.Elements(Fields), Values)).ToArbitrary(),
            fields =>
            {
                var body = new JsonObject();
                foreach (var (name, value) in fields)
                {
                    body[name] = value?.DeepClone();
                }

                using var document = JsonDocument.Parse(body.ToJsonString());
                var draft = _body.Read(document.RootElement, null, out var error);
                return draft is null
                    ? error is { Status: 400, Param: not null }
                    : error is null && IsSound(draft);
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_a_draft_says_is_what_the_body_said()
    {
        var id = ArbMap.Default.GeneratorFor<string>().Where(text => text is not null && SubjectGrammar.IsId(text) && !text.Contains('/') && !text.StartsWith("user:", StringComparison.Ordinal));
        Prop.ForAll(
            id.Where(text => text.Length <= 100).ToArbitrary(),
            id.ToArbitrary(),
            (name, owner) =>
            {
                var json = new JsonObject { ["name"] = name, ["owner"] = owner, ["models"] = new JsonArray(name, name) };
                using var document = JsonDocument.Parse(json.ToJsonString());
                var draft = _body.Read(document.RootElement, null, out _);
                return draft is not null && draft.Name == name && draft.Owner == "user:local/" + owner && draft.Models.SequenceEqual([name]);
            }).QuickCheckThrowOnFailure();
    }

    private static bool IsSound(ApiKeyDraft draft) =>
        draft.Name.Length is > 0 and <= 100
        && (draft.Owner is null || draft.Owner.StartsWith("user:", StringComparison.Ordinal))
        && draft.Groups.All(group => group.Contains('/'))
        && draft.Role is null or "viewer" or "operator" or "admin";
}
