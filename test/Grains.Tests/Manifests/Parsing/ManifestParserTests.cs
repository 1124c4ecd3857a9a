using Gateway.Testing.Guide;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.Parsing;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Manifests.Parsing;

public sealed class ManifestParserTests
{
    [Theory]
    [InlineData(GuideText.FirstManifest, 2)]
    [InlineData(GuideText.DockerManifest, 1)]
    [InlineData(GuideText.TwoRegionsManifest, 2)]
    [InlineData(GuideText.AzureManifest, 1)]
    public void The_guides_examples_load_with_nothing_rejected(string json, int entries)
    {
        var parsed = Json.Parse(json);

        parsed.Error.Should().BeNull();
        parsed.Entries.Should().HaveCount(entries);
        parsed.Rejected.Should().BeEmpty();
        parsed.UnknownFields.Should().BeEmpty();
    }

    [Fact]
    public void Model_and_description_default_to_the_key()
    {
        var entry = Json.Draft("my-entry");

        entry.Model.Should().Be("my-entry");
        entry.Description.Should().Be("my-entry");
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("\\n\\u0000")]
    public void Blank_words_for_people_count_as_absent(string text)
    {
        var entry = Json.Draft("my-entry", more: $"\"model\":\"{text}\",\"description\":\"{text}\",\"notice\":\"{text}\"");

        entry.Model.Should().Be("my-entry");
        entry.Description.Should().Be("my-entry");
        entry.Options.Notice.Should().BeNull();
    }

    [Fact]
    public void Words_for_people_are_made_fit_for_one_line_and_their_bound_instead_of_costing_the_entry()
    {
        var text = "two\\r\\nlines " + new string('x', ManifestBounds.TextLength);
        var entry = Json.Draft(more: $"\"model\":\"{text}\",\"description\":\"{text}\",\"notice\":\"{text}\"");

        entry.Description.Should().StartWith("two  lines x").And.EndWith("x…").And.HaveLength(ManifestBounds.TextLength);
        entry.Model.Should().Be(entry.Description);
        entry.Options.Notice.Should().Be(entry.Description);
    }

    [Fact]
    public void Long_words_for_people_are_not_cut_within_a_character()
    {
        var text = string.Concat(Enumerable.Repeat("\U0001F600", ManifestBounds.TextLength));

        var entry = Json.Draft(more: $"\"description\":\"{text}\"");

        entry.Description.Should().HaveLength(ManifestBounds.TextLength - 1).And.NotContain("\uFFFD");
    }

    [Theory]
    [InlineData("Live", EntryStatus.Live, "live")]
    [InlineData("LIVE", EntryStatus.Live, "live")]
    [InlineData(" live ", EntryStatus.Live, "live")]
    [InlineData("Offline", EntryStatus.Offline, "offline")]
    [InlineData("maintenance", EntryStatus.Maintenance, "maintenance")]
    [InlineData("Starting Up", EntryStatus.Unknown, "starting up")]
    public void Status_is_read_in_any_letter_case_and_unknown_ones_are_kept_as_text(string written, EntryStatus status, string text)
    {
        var entry = Json.Parse(Json.Manifest(Json.Entry("a", status: written))).Entries.Should().ContainSingle().Subject;

        entry.Status.Should().Be(status);
        entry.StatusText.Should().Be(text);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("url")]
    [InlineData("endpoint_id")]
    [InlineData("experts")]
    public void A_missing_required_field_rejects_only_that_entry_and_names_the_field(string field)
    {
        var broken = Json.Entry("broken").Replace($"\"{field}\"", "\"other\"", StringComparison.Ordinal);

        var parsed = Json.Parse(Json.Manifest(broken, Json.Entry("good")));

        parsed.Entries.Should().ContainSingle(entry => entry.Id == "good");
        var rejected = parsed.Rejected.Should().ContainSingle().Subject;
        rejected.Id.Should().Be("broken");
        rejected.Cluster.Should().Be("metis");
        rejected.Reason.Should().Be("missing_" + field);
        rejected.Detail.Should().Contain(field);
    }

    [Fact]
    public void A_field_in_the_wrong_letter_case_is_pointed_out()
    {
        var parsed = Json.Parse(Json.Manifest(Json.Entry("a").Replace("\"url\"", "\"URL\"", StringComparison.Ordinal)));

        parsed.Rejected.Should().ContainSingle().Which.Detail.Should().Contain("rename \"URL\" to \"url\"");
    }

    [Theory]
    [InlineData("null", "not_an_object")]
    [InlineData("[]", "not_an_object")]
    [InlineData("\"Live\"", "not_an_object")]
    [InlineData("""{"status":true,"url":"https://h","endpoint_id":"e","experts":["m"]}""", "bad_status")]
    [InlineData("""{"status":"Live","url":7,"endpoint_id":"e","experts":["m"]}""", "bad_url")]
    [InlineData("""{"status":"Live","url":"ftp://h","endpoint_id":"e","experts":["m"]}""", "bad_url")]
    [InlineData("""{"status":"Live","url":"/v1","endpoint_id":"e","experts":["m"]}""", "bad_url")]
    [InlineData("""{"status":"Live","url":"https://user:pass@h/v1","endpoint_id":"e","experts":["m"]}""", "bad_url")]
    [InlineData("""{"status":"Live","url":"https://h/v1#x","endpoint_id":"e","experts":["m"]}""", "bad_url")]
    [InlineData("""{"status":"Live","url":"https://xn--\u00fc.example/v1","endpoint_id":"e","experts":["m"]}""", "bad_url")]
    [InlineData("""{"status":"Live","url":"http://\u05e9\u05e8\u05ea2.example","endpoint_id":"e","experts":["m"]}""", "bad_url")]
    [InlineData("""{"status":"Live","url":"https://\u202e.com","endpoint_id":"e","experts":["m"]}""", "bad_url")]
    [InlineData("""{"status":"Live","url":"https://h","endpoint_id":"","experts":["m"]}""", "bad_endpoint_id")]
    [InlineData("""{"status":"Live","url":"https://h","endpoint_id":"e","experts":"m"}""", "bad_experts")]
    [InlineData("""{"status":"Live","url":"https://h","endpoint_id":"e","experts":[]}""", "missing_experts")]
    [InlineData("""{"status":"Live","url":"https://h","endpoint_id":"e","experts":[1]}""", "bad_experts")]
    [InlineData("""{"status":"Live","url":"https://h","endpoint_id":"e","experts":["a\nb"]}""", "bad_experts")]
    [InlineData("""{"status":"Live","url":"https://a","url":"https://b","endpoint_id":"e","experts":["m"]}""", "duplicate_field")]
    public void A_wrong_entry_is_rejected_with_a_stable_word(string entry, string reason)
    {
        var parsed = Json.Parse($$"""{"bad":{{entry}},{{Json.Entry("good")}}}""");

        parsed.Entries.Should().ContainSingle(item => item.Id == "good");
        parsed.Rejected.Should().ContainSingle().Which.Reason.Should().Be(reason);
    }

    [Fact]
    public void A_host_that_has_no_ASCII_form_is_refused_and_one_that_has_is_not()
    {
        var parsed = Json.Parse(Json.Manifest(
            Json.Entry("long", url: "https://" + new string('\u00fc', 60) + ".example"), Json.Entry("good", url: "https://m\u00fcnchen.example/v1")));

        parsed.Entries.Should().ContainSingle(entry => entry.Id == "good");
        parsed.Rejected.Should().ContainSingle().Which.Detail.Should().Contain("host");
    }

    [Fact]
    public void The_later_of_two_entries_with_one_key_is_rejected()
    {
        var parsed = Json.Parse(Json.Manifest(Json.Entry("a", expert: "first"), Json.Entry("a", expert: "second")));

        parsed.Entries.Should().ContainSingle().Which.Experts.Should().Equal("first");
        parsed.Rejected.Should().ContainSingle().Which.Reason.Should().Be("duplicate_id");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"a":{}} trailing""")]
    public void A_document_that_is_no_manifest_says_so_as_a_whole(string json)
    {
        var parsed = Json.Parse(json);

        parsed.Error.Should().NotBeNullOrEmpty();
        parsed.Entries.Should().BeEmpty();
    }

    [Fact]
    public void A_byte_order_mark_is_skipped() =>
        ManifestParser.Parse(Json.Utf8("\uFEFF" + Json.Manifest(Json.Entry("a"))), "metis").Entries.Should().ContainSingle();

    [Fact]
    public void More_entries_than_the_bound_refuse_the_document()
    {
        var entries = Enumerable.Range(0, ManifestBounds.Entries + 1).Select(index => Json.Entry($"e{index}")).ToArray();

        Json.Parse(Json.Manifest(entries[1..])).Entries.Should().HaveCount(ManifestBounds.Entries);
        Json.Parse(Json.Manifest(entries)).Error.Should().Contain("more than 5000 entries");
    }

    [Fact]
    public void More_experts_than_the_bound_reject_the_entry()
    {
        var experts = string.Join(",", Enumerable.Range(0, ManifestBounds.Experts + 1).Select(index => $"\"m{index}\""));
        var parsed = Json.Parse($$"""{"a":{"status":"Live","url":"https://h","endpoint_id":"e","experts":[{{experts}}]} }""");

        parsed.Rejected.Should().ContainSingle().Which.Reason.Should().Be("bad_experts");
    }

    [Fact]
    public void Keys_that_could_forge_a_log_line_are_rejected_and_shown_escaped()
    {
        var parsed = Json.Parse("{\"a\\nb\":{}," + Json.Entry(new string('k', 257)) + "}");

        parsed.Rejected.Should().HaveCount(2).And.OnlyContain(item => item.Reason == "bad_id" && !item.Id.Contains('\n'));
    }

    [Fact]
    public void Unknown_fields_are_ignored_and_listed()
    {
        var parsed = Json.Parse(Json.Manifest(Json.Entry("a", more: "\"prioritty\":3,\"x\":{\"deep\":[1]},\"limits\":{\"rpn\":1},\"headers\":{\"X-Any\":\"\"}")));

        parsed.Entries.Should().ContainSingle();
        parsed.UnknownFields.Should().Equal(new UnknownField("limits.rpn", "limits.rpm"), new UnknownField("prioritty", "priority"), new UnknownField("x", null));
    }

    [Theory]
    [InlineData("allowed_group", "allowed_groups")]
    [InlineData("Allowed_Groups", "allowed_groups")]
    [InlineData("allowedGroups", "allowed_groups")]
    [InlineData("allowed_gruops", "allowed_groups")]
    [InlineData("allow_groups", "allowed_groups")]
    [InlineData("ALLOWED_DOMAIN", "allowed_domains")]
    public void An_entry_that_misspells_who_is_allowed_is_rejected_instead_of_opened_to_everybody(string written, string meant)
    {
        var parsed = Json.Parse(Json.Manifest(Json.Entry("a", more: $"\"{written}\":[\"staff\"]"), Json.Entry("good")));

        parsed.Entries.Should().ContainSingle(entry => entry.Id == "good");
        var rejected = parsed.Rejected.Should().ContainSingle().Subject;
        rejected.Reason.Should().Be("bad_" + meant);
        rejected.Detail.Should().Contain($"\"{written}\"").And.Contain($"\"{meant}\"");
    }

    [Fact]
    public void Text_that_is_not_valid_Unicode_costs_only_its_entry()
    {
        var parsed = Json.Parse(Json.Manifest(
            Json.Entry("a", endpointId: "\\ud800"), Json.Entry("b", more: "\"\\ud800\":1"), "\"\\ud800\":{}", Json.Entry("c", more: "\"limits\":{\"\\ud800\":1}"),
            Json.Entry("good")));

        parsed.Entries.Should().ContainSingle(entry => entry.Id == "good");
        parsed.Rejected.Should().HaveCount(4).And.OnlyContain(item => item.Reason == "bad_text");
    }
}
