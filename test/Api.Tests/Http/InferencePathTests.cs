using Gateway.Api.Http;

namespace Gateway.Api.Tests.Http;

public sealed class InferencePathTests
{
    [Theory]
    [InlineData("/v1/chat/completions", Operation.ChatCompletions)]
    [InlineData("/v1/completions", Operation.Completions)]
    [InlineData("/v1/embeddings", Operation.Embeddings)]
    [InlineData("/v1/responses", Operation.Responses)]
    [InlineData("/chat/completions", Operation.ChatCompletions)]
    [InlineData("/v1/v1/chat/completions", Operation.ChatCompletions)]
    [InlineData("/v1/responses/", Operation.Responses)]
    [InlineData("/openai/v1/chat/completions", Operation.ChatCompletions)]
    [InlineData("/openai/responses", Operation.Responses)]
    [InlineData("/resource_server/v1/chat/completions", Operation.ChatCompletions)]
    [InlineData("/resource_server/v1/embeddings/", Operation.Embeddings)]
    public void Routes_without_names_in_the_path(string path, Operation operation)
    {
        InferencePath.TryParse(path, out var route).Should().BeTrue();

        route.Should().Be(new InferenceRoute(operation, null, null, null));
    }

    [Theory]
    [InlineData("/resource_server/metis/api/v1/chat/completions", "metis", "api", Operation.ChatCompletions)]
    [InlineData("/resource_server/metis/api/v1/responses/", "metis", "api", Operation.Responses)]
    [InlineData("/resource_server/v1/chat/v1/completions", "v1", "chat", Operation.Completions)]
    public void Cluster_and_framework_come_from_the_path(string path, string cluster, string framework, Operation operation)
    {
        InferencePath.TryParse(path, out var route).Should().BeTrue();

        route.Should().Be(new InferenceRoute(operation, null, cluster, framework));
    }

    [Theory]
    [InlineData("/openai/deployments/gpt-4/chat/completions", "gpt-4", Operation.ChatCompletions)]
    [InlineData("/openai/deployments/gpt-4/completions", "gpt-4", Operation.Completions)]
    [InlineData("/openai/deployments/chat/completions", "chat", Operation.Completions)]
    [InlineData("/openai/deployments/org%2Fgpt%204/embeddings", "org/gpt 4", Operation.Embeddings)]
    [InlineData("/openai/deployments/org/gpt-4/embeddings/", "org/gpt-4", Operation.Embeddings)]
    public void An_azure_deployment_is_the_model(string path, string model, Operation operation)
    {
        InferencePath.TryParse(path, out var route).Should().BeTrue();

        route.Should().Be(new InferenceRoute(operation, model, null, null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("v1/chat/completions")]
    [InlineData("/v1")]
    [InlineData("/v1/models")]
    [InlineData("/v1/chat")]
    [InlineData("/v1/v1/v1/chat/completions")]
    [InlineData("//v1/chat/completions")]
    [InlineData("/v1//chat/completions")]
    [InlineData("/v1/chat//completions")]
    [InlineData("/v1/chat/completions//")]
    [InlineData("/v1/../v1/chat/completions")]
    [InlineData("/v1/./chat/completions")]
    [InlineData("/v1/chat%2fcompletions")]
    [InlineData("/v1/chat%2Fcompletions")]
    [InlineData("/v1/%63hat/completions")]
    [InlineData("/V1/chat/completions")]
    [InlineData("/v1/chat/completions;x")]
    [InlineData("/v1\\chat\\completions")]
    [InlineData("/admin/keys")]
    [InlineData("/resource_server/metis/v1/chat/completions")]
    [InlineData("/resource_server/metis/api/chat/completions")]
    [InlineData("/resource_server//api/v1/chat/completions")]
    [InlineData("/resource_server/metis//v1/chat/completions")]
    [InlineData("/resource_server/metis/api/x/v1/chat/completions")]
    [InlineData("/openai/deployments//chat/completions")]
    [InlineData("/openai/deployments/../chat/completions")]
    [InlineData("/openai/deployments/a/../embeddings")]
    [InlineData("/openai/deployments/chat/completions/..")]
    public void Other_paths_are_not_inference(string path)
    {
        InferencePath.TryParse(path, out var route).Should().BeFalse();

        route.Model.Should().BeNull();
        route.Cluster.Should().BeNull();
    }
}
