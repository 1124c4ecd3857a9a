namespace Gateway.Grains.Tests.Manifests.Parsing;

/// <summary>The manifests that the Direct API guide prints, as printed.</summary>
internal static class GuideManifests
{
    public const string TwoProviders = """
        {
        "openai-gpt4": {
        "status": "Live",
        "model": "OpenAI GPT-4",
        "description": "GPT-4 models via OpenAI API",
        "experts": [
        "gpt-4",
        "gpt-4-turbo",
        "gpt-4o",
        "gpt-4o-mini"
        ],
        "url": "https://api.openai.com/v1",
        "endpoint_id": "openai-production"
        },
        "anthropic-claude": {
        "status": "Live",
        "model": "Anthropic Claude",
        "description": "Claude models via Anthropic API",
        "experts": [
        "claude-3-opus-20240229",
        "claude-3-sonnet-20240229",
        "claude-3-haiku-20240307"
        ],
        "url": "https://api.anthropic.com/v1",
        "endpoint_id": "anthropic-production"
        }
        }
        """;

    public const string PassThrough = """
        {
        "openai-gateway": {
        "status": "Live",
        "model": "OpenAI Pass-through",
        "description": "Routes to OpenAI's GPT models",
        "experts": ["gpt-4o-mini", "gpt-4"],
        "url": "https://api.openai.com/v1",
        "endpoint_id": "openai-production"
        }
        }
        """;

    public const string TwoRegions = """
        {
        "openai-us-east": {
        "status": "Live",
        "model": "OpenAI US East",
        "experts": ["gpt-4"],
        "url": "https://api.openai.com/v1",
        "endpoint_id": "openai-us-east"
        },
        "openai-eu-west": {
        "status": "Live",
        "model": "OpenAI EU West",
        "experts": ["gpt-4"],
        "url": "https://api.openai.com/v1",
        "endpoint_id": "openai-eu-west"
        }
        }
        """;

    public const string Azure = """
        {
        "azure-openai": {
        "status": "Live",
        "model": "Azure OpenAI",
        "description": "GPT models via Azure OpenAI Service",
        "experts": [
        "gpt-4",
        "gpt-35-turbo"
        ],
        "url": "https://your-resource.openai.azure.com/openai/deployments/your-deployment",
        "endpoint_id": "azure-openai-prod"
        }
        }
        """;
}
