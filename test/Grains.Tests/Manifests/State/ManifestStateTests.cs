using System.Collections.Immutable;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Manifests.State;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Manifests.State;

public sealed class ManifestStateTests
{
    private static readonly string[] Fields =
    [
        "\"priority\":2", "\"weight\":7", "\"dialect\":\"azure\"", "\"auth\":\"none\"", "\"headers\":{\"X-Team\":\"physics\",\"X-B\":\"\"}",
        "\"query\":{\"api-version\":\"v\"}", "\"aliases\":{\"fast\":\"m\"}", "\"limits\":{\"rpm\":60,\"concurrency\":4}", "\"limit_group\":\"g\"",
        "\"timeouts\":{\"connect\":1.5,\"total\":4}", "\"allowed_groups\":[]", "\"allowed_domains\":[\"anl.gov\"]", "\"prices\":{\"input\":2.5}",
        "\"context_window\":128000", "\"probe\":\"tcp\"", "\"cluster\":\"polaris\"", "\"framework\":\"vllm\"", "\"notice\":\"Zurück um 5\"",
        "\"retry_unary\":true", "\"forward_headers\":[\"X-Trace\"]", "\"max_output_tokens\":4096", "\"input_extra_tokens\":0",
    ];

    [Fact]
    public void Whatever_fields_an_entry_has_it_is_the_same_after_it_was_stored_and_read() =>
        Properties.Check(Gen.SubListOf(Fields).Select(fields => string.Join(",", fields)), fields =>
        {
            var draft = Json.Draft(more: fields);
            var state = new ManifestState
            {
                Sources =
                [
                    new SourceCopy { Source = "metis", Location = "l", FetchedAt = DateTimeOffset.UnixEpoch, Entries = [draft], Rejected = [] },
                ],
                Overlay = new OverlayCopy
                {
                    Path = "p",
                    ReadAt = DateTimeOffset.UnixEpoch,
                    Entries = ImmutableDictionary<string, EntryOptions>.Empty.Add("a", draft.Options),
                },
            };

            var read = RoundTrip(state);

            ManifestEntryComparer.AreEqual(Assemble(read.Sources[0].Entries[0], read.Overlay), Assemble(draft, state.Overlay)).Should().BeTrue(fields);
        });

    [Fact]
    public void Overrides_origins_and_versions_are_the_same_after_they_were_stored_and_read()
    {
        var state = new ManifestState
        {
            VersionCeiling = 5,
            KeysVersion = 6,
            LimitsVersion = 7,
            Origins = [new KeyOrigin { EndpointId = "e", Origin = "https://h:443", Approved = true }],
            Overrides = [new EndpointOverride { EntryId = "a", Mode = OverrideMode.Maintenance, SetBy = "op", SetAt = DateTimeOffset.UnixEpoch, Notice = "n" }],
        };

        RoundTrip(state).Should().BeEquivalentTo(state);
    }

    [Fact]
    public void A_state_of_a_version_that_knew_fewer_fields_is_read_with_defaults()
    {
        var state = JsonSerializer.Deserialize<ManifestState>("""{"Schema":1,"VersionCeiling":7,"SomethingNewer":[1]}""")!;

        state.VersionCeiling.Should().Be(7);
        state.Sources.Should().BeEmpty();
        state.Overrides.Should().BeEmpty();
        state.Origins.Should().BeEmpty();
        state.Overlay.Should().BeNull();
    }

    private static ManifestEntry Assemble(DraftEntry draft, OverlayCopy? overlay) =>
        EntryAssembler.Assemble(draft, overlay?.Entries["a"], "metis", "local");

    private static ManifestState RoundTrip(ManifestState state) =>
        JsonSerializer.Deserialize<ManifestState>(JsonSerializer.Serialize(state))!;
}
