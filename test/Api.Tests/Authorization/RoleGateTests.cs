using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Api.Authorization;
using Gateway.Api.Management.Keys;
using Gateway.Api.Tests.Authentication;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Api.Tests.Authorization;

public sealed class RoleGateTests
{
    [Theory]
    [InlineData(null, HttpStatusCode.Forbidden)]
    [InlineData("viewer", HttpStatusCode.Forbidden)]
    [InlineData("operator", HttpStatusCode.OK)]
    [InlineData("admin", HttpStatusCode.OK)]
    public async Task A_route_opens_for_its_role_and_higher_ones(string? role, HttpStatusCode expected)
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync(new ApiKeyDraft { Name = "k", Role = role });

        var response = await PostAsync(host, key.Text!, """{"value":"x"}""");

        response.StatusCode.Should().Be(expected);
        if (expected == HttpStatusCode.Forbidden)
        {
            var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!;
            ((string)error["type"]!).Should().Be("permission_error");
            ((string)error["message"]!).Should().Contain("operator");
        }
    }

    [Fact]
    public async Task Without_a_credential_the_answer_is_401_with_a_challenge()
    {
        await using var host = await IdentityHost.StartAsync();

        var response = await PostAsync(host, null, """{"value":"x"}""");

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.Should().ContainSingle(challenge => challenge.Scheme == "Bearer");
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
    }

    [Fact]
    public async Task A_body_is_not_even_parsed_for_strangers()
    {
        await using var host = await IdentityHost.StartAsync();

        (await PostAsync(host, "gw-wrong", "{not json")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await PostAsync(host, IdentityHost.AdminKey, "{not json")).StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task When_the_credential_cannot_be_checked_the_answer_is_503()
    {
        await using var host = await IdentityHost.StartAsync();
        host.Store.IsDown = true;

        (await PostAsync(host, Gateway.Storage.Keys.ApiKeyText.Create(), "{}")).StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Every_management_route_names_its_role()
    {
        await using var host = await IdentityHost.StartAsync();

        // Left out: what refuses other methods, and what belongs to callers themselves.
        var routes = host.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Where(route => route.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null)
            .Where(route => route is not RouteEndpoint { RoutePattern.RawText: { } pattern } || !pattern.StartsWith("/v1/me", StringComparison.Ordinal));

        routes.Should().NotBeEmpty().And.OnlyContain(route => route.Metadata.GetMetadata<RequiredRole>() != null);
    }

    private static Task<HttpResponseMessage> PostAsync(IdentityHost host, string? credential, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/test/operator") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = credential is null ? null : new AuthenticationHeaderValue("Bearer", credential);
        return host.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
