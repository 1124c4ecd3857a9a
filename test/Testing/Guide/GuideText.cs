namespace Gateway.Testing.Guide;

/// <summary>What the Direct API guide prints, letter by letter.</summary>
public static class GuideText
{
    public const string FirstManifest = """
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

    public const string DockerManifest = """
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

    public const string TwoRegionsManifest = """
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

    public const string AzureManifest = """
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

    /// <summary>Step 3, first block; the host is <c>your-server:8055</c>.</summary>
    public const string DotEnv = """
        # URL to your status manifest
        METIS_STATUS_URL="http://your-server:8055/status.json"
        # API keys mapped to endpoint_id from the manifest
        METIS_API_TOKENS='{"openai-production": "sk-proj-...", "anthropic-production": "sk-ant-..."}'
        """;

    /// <summary>Step 3, the block over several lines.</summary>
    public const string DotEnvTokens = """
        METIS_API_TOKENS='{
        "openai-production": "sk-proj-abc123...",
        "anthropic-production": "sk-ant-xyz789...",
        "custom-api": "custom-key-here"
        }'
        """;

    /// <summary>Step 5; the host is <c>localhost:8000</c>.</summary>
    public const string Curl = """
        curl -X POST http://localhost:8000/resource_server/metis/api/v1/chat/completions \
        -H "Authorization: Bearer $TOKEN" \
        -H "Content-Type: application/json" \
        -d '{
        "model": "gpt-4o-mini",
        "messages": [{"role": "user", "content": "Hello from FIRST!"}],
        "stream": false
        }'
        """;
}
