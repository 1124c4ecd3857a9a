using Gateway.Process.Rigs;

namespace Gateway.Process.Bodies;

public sealed class RouteTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/chat/completions/")]
    [InlineData("/chat/completions")]
    [InlineData("/v1/v1/chat/completions")]
    [InlineData("/openai/v1/chat/completions")]
    [InlineData("/openai/deployments/baseline/chat/completions?api-version=2024-10-21")]
    [InlineData("/resource_server/metis/api/v1/chat/completions")]
    [InlineData("/resource_server/metis/api/v1/chat/completions/")]
    [InlineData("/resource_server/v1/chat/completions")]
    public async Task Every_known_base_reaches_the_model(string path)
    {
        using var response = await shared.Gateway.PostAsync(path, Callers.ChatBody("baseline"));

        (await response.ContentAsync()).Should().Be("Hello!");
    }

    [Theory]
    [InlineData("POST", "/v1/unknown", HttpStatusCode.NotFound)]
    [InlineData("GET", "/v2/models", HttpStatusCode.NotFound)]
    [InlineData("POST", "/resource_server/polaris/api/v1/chat/completions", HttpStatusCode.NotFound)]
    [InlineData("POST", "/resource_server/metis/vllm/v1/chat/completions", HttpStatusCode.NotFound)]
    [InlineData("GET", "/v1/chat/completions", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "/v1/embeddings", HttpStatusCode.MethodNotAllowed)]
    [InlineData("PUT", "/resource_server/metis/api/v1/completions", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/v1/models", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/resource_server/list-endpoints", HttpStatusCode.MethodNotAllowed)]
    public async Task Unknown_routes_and_wrong_methods_are_told_in_JSON(string method, string path, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + await shared.Gateway.CallerKeyAsync());
        request.Content = method == "POST" ? new StringContent(Callers.ChatBody("baseline"), System.Text.Encoding.UTF8, "application/json") : null;

        using var response = await shared.Gateway.Client.SendAsync(request);

        var error = await response.ErrorAsync(status);
        if (status == HttpStatusCode.MethodNotAllowed)
        {
            error.Code().Should().Be("method_not_allowed");
            response.Content.Headers.Allow.Should().NotBeEmpty();
        }
    }

    [Theory]
    [InlineData("/v1/chat/completions", "POST")]
    [InlineData("/v1/models", "GET")]
    [InlineData("/resource_server/list-endpoints", "GET")]
    [InlineData("/admin/manifest", "GET")]
    public async Task Without_a_credential_the_answer_is_401_with_a_challenge(string path, string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await shared.Gateway.Client.SendAsync(request);

        (await response.ErrorAsync(HttpStatusCode.Unauthorized)).Code().Should().Be("invalid_api_key");
        response.Headers.WwwAuthenticate.Should().NotBeEmpty();
    }

    [Fact]
    public async Task The_models_list_and_one_model_are_in_the_shape_of_OpenAI()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = "org/" + shared.NewModel();
        await shared.PublishAsync(shared.Entry(upstream, model));

        using var list = await shared.Gateway.GetAsync("/v1/models");
        var listed = await list.JsonAsync();
        listed["object"]!.GetValue<string>().Should().Be("list");
        listed["data"]!.AsArray().Select(entry => entry!["id"]!.GetValue<string>()).Should().Contain(["baseline", model]).And.OnlyHaveUniqueItems();
        foreach (var path in (string[])[$"/v1/models/{model}", $"/v1/models/{Uri.EscapeDataString(model)}"])
        {
            using var one = await shared.Gateway.GetAsync(path);
            (await one.JsonAsync())["id"]!.GetValue<string>().Should().Be(model);
        }

        using var unknown = await shared.Gateway.GetAsync("/v1/models/nothing");
        (await unknown.ErrorAsync(HttpStatusCode.NotFound)).Code().Should().Be("model_not_found");
    }

    [Fact]
    public async Task The_callers_request_id_is_echoed_and_decides_nothing()
    {
        var ids = new HashSet<string?>();
        for (var call = 0; call < 5; call++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
            {
                Content = new StringContent(Callers.ChatBody("baseline"), System.Text.Encoding.UTF8, "application/json"),
            };
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + await shared.Gateway.CallerKeyAsync());
            request.Headers.TryAddWithoutValidation("x-request-id", "always-the-same");

            using var response = await shared.Gateway.Client.SendAsync(request);

            response.StatusCode.Should().Be(HttpStatusCode.OK);
            response.Header("x-request-id").Should().Be("always-the-same");
            ids.Add(response.Header("x-gateway-request-id"));
        }

        ids.Should().HaveCount(5).And.NotContain("always-the-same").And.NotContainNulls();
    }
}
