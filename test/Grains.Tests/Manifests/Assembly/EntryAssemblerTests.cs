using Gateway.Testing.Guide;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Tests.Manifests.Parsing;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Manifests.Assembly;

public sealed class EntryAssemblerTests
{
    [Fact]
    public void Defaults_follow_from_the_source_and_the_entry()
    {
        var entry = Json.Assemble();

        entry.Cluster.Should().Be("metis");
        entry.Framework.Should().Be("api");
        entry.LimitGroup.Should().Be("acct");
        entry.Weight.Should().Be(1);
        entry.Priority.Should().Be(0);
        entry.Dialect.Should().Be(Dialect.OpenAI);
        entry.Auth.Should().Be(UpstreamAuth.Bearer);
        entry.Timeouts.Should().Be(new UpstreamTimeouts());
        entry.AllowedGroups.Should().BeNull();
        entry.Query.Should().BeEmpty();
    }

    [Fact]
    public void The_guides_anthropic_entry_is_called_with_a_bearer_token_on_its_openai_compatible_path()
    {
        var draft = Json.Parse(GuideText.FirstManifest).Entries[1];
        var entry = EntryAssembler.Assemble(draft, null, "metis", "local");

        entry.Dialect.Should().Be(Dialect.Anthropic);
        entry.Auth.Should().Be(UpstreamAuth.Bearer);
        entry.Url.Should().Be("https://api.anthropic.com/v1");
    }

    [Fact]
    public void The_guides_azure_entry_gets_an_api_version_and_the_api_key_header()
    {
        var entry = EntryAssembler.Assemble(Json.Parse(GuideText.AzureManifest).Entries[0], null, "metis", "local");

        entry.Dialect.Should().Be(Dialect.Azure);
        entry.Auth.Should().Be(UpstreamAuth.ApiKey);
        entry.Query.Should().Contain("api-version", "2024-10-21");
    }

    [Theory]
    [InlineData("https://r.openai.azure.com/openai/v1", "", null)]
    [InlineData("https://r.services.ai.azure.com/api/projects/p/openai/v1", "", null)]
    [InlineData("https://r.openai.azure.com/openai/deployments/d?api-version=2023-05-15", "", null)]
    [InlineData("https://r.openai.azure.com/openai/deployments/d?Api-Version=2023-05-15", "", null)]
    [InlineData("https://r.openai.azure.com/openai/deployments/d", "\"query\":{\"api-version\":\"2025-01-01-preview\"}", "2025-01-01-preview")]
    [InlineData("https://r.cognitiveservices.azure.com/openai/deployments/d", "", "2024-10-21")]
    [InlineData("https://r.openai.azure.us/openai/deployments/d", "", "2024-10-21")]
    [InlineData("https://r.openai.azure.cn/openai/deployments/d", "", "2024-10-21")]
    [InlineData("https://api.example.com/openai/deployments/d", "", null)]
    [InlineData("https://api.example.com/openai/deployments/d", "\"dialect\":\"azure\"", "2024-10-21")]
    public void An_api_version_is_added_only_where_azure_needs_one_and_none_is_stated(string url, string more, string? version) =>
        Json.Assemble(more, url).Query.GetValueOrDefault("api-version").Should().Be(version);

    [Theory]
    [InlineData("https://openai.azure.com.evil.example/v1")]
    [InlineData("https://evil-openai.azure.com/v1")]
    [InlineData("https://api.anthropic.com.evil.example/v1")]
    public void A_host_that_only_looks_like_a_provider_is_taken_for_openai_compatible(string url) =>
        Json.Assemble(url: url).Dialect.Should().Be(Dialect.OpenAI);

    [Fact]
    public void A_stated_dialect_and_auth_beat_the_guess()
    {
        var entry = Json.Assemble("\"dialect\":\"openai\",\"auth\":\"none\"", "https://r.openai.azure.com/openai/v1");

        entry.Dialect.Should().Be(Dialect.OpenAI);
        entry.Auth.Should().Be(UpstreamAuth.None);
    }

    [Fact]
    public void Public_names_of_aliases_can_be_called_too()
    {
        var entry = Json.Assemble("\"aliases\":{\"z-fast\":\"m\",\"a-smart\":\"big\",\"m\":\"m-2025\"}");

        entry.Experts.Should().Equal("m", "a-smart", "z-fast");
        entry.Aliases.Should().Contain("m", "m-2025").And.Contain("z-fast", "m");
    }

    [Theory]
    [InlineData("staff", "local/staff")]
    [InlineData("globus/staff", "globus/staff")]
    [InlineData("/dept/physics", "local//dept/physics")]
    [InlineData("Other Issuer/staff", "local/Other Issuer/staff")]
    [InlineData("staff/", "local/staff/")]
    public void Plain_groups_belong_to_the_default_issuer(string written, string qualified) =>
        Json.Assemble($"\"allowed_groups\":[\"{written}\"]").AllowedGroups!.Value.Should().Equal(qualified);

    [Fact]
    public void An_empty_list_of_groups_stays_empty_and_means_nobody() =>
        Json.Assemble("\"allowed_groups\":[]").AllowedGroups!.Value.Should().BeEmpty();
}
