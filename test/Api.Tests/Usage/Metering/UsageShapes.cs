using Gateway.Abstractions.Usage;
using Gateway.Api.Http;

namespace Gateway.Api.Tests.Usage.Metering;

/// <summary>Answers as providers really give them, and what is charged for them.</summary>
public static class UsageShapes
{
    private const string Choices = "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]";

    public static TheoryData<string, Operation, string, TokenUsage> Unary { get; } = new()
    {
        {
            "OpenAI chat", Operation.ChatCompletions,
            "{\"id\":\"c\",\"object\":\"chat.completion\"," + Choices + ",\"usage\":{\"prompt_tokens\":19,\"completion_tokens\":10,\"total_tokens\":29,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":8,\"audio_tokens\":3},\"completion_tokens_details\":{\"reasoning_tokens\":4,\"audio_tokens\":2,"
                + "\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}},\"service_tier\":\"default\"}",
            new TokenUsage { Input = 19, CachedInput = 8, AudioInput = 3, Output = 10, Reasoning = 4, AudioOutput = 2 }
        },
        {
            "cache writes in the details", Operation.ChatCompletions,
            "{" + Choices + ",\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":1,\"total_tokens\":101,\"prompt_tokens_details\":{\"cached_tokens\":40,\"cache_write_tokens\":50}}}",
            new TokenUsage { Input = 100, CachedInput = 40, CacheWrite = 50, Output = 1 }
        },
        {
            "Azure", Operation.ChatCompletions,
            "{\"choices\":[{\"content_filter_results\":{\"hate\":{\"filtered\":false}},\"message\":{\"content\":\"x\"}}],\"prompt_filter_results\":[{\"prompt_index\":0}],"
                + "\"usage\":{\"completion_tokens\":7,\"prompt_tokens\":11,\"total_tokens\":18}}",
            new TokenUsage { Input = 11, Output = 7 }
        },
        {
            "vLLM", Operation.ChatCompletions,
            "{" + Choices + ",\"usage\":{\"prompt_tokens\":5,\"total_tokens\":21,\"completion_tokens\":16,\"prompt_tokens_details\":null},\"prompt_logprobs\":null,\"kv_transfer_params\":null}",
            new TokenUsage { Input = 5, Output = 16 }
        },
        {
            "Anthropic's OpenAI-compatible endpoint", Operation.ChatCompletions,
            "{\"id\":\"msg\"," + Choices + ",\"usage\":{\"completion_tokens\":12,\"prompt_tokens\":30,\"total_tokens\":42}}",
            new TokenUsage { Input = 30, Output = 12 }
        },
        {
            "Anthropic's own counts, caches beside the input", Operation.ChatCompletions,
            "{" + Choices + ",\"usage\":{\"input_tokens\":10,\"cache_creation_input_tokens\":200,\"cache_read_input_tokens\":3000,\"output_tokens\":7,\"cache_creation\":{\"ephemeral_5m_input_tokens\":200}}}",
            new TokenUsage { Input = 3210, CachedInput = 3000, CacheWrite = 200, Output = 7 }
        },
        {
            "a proxy that keeps Anthropic's cache counts inside of the prompt", Operation.ChatCompletions,
            "{" + Choices + ",\"usage\":{\"prompt_tokens\":3210,\"completion_tokens\":7,\"total_tokens\":3217,\"cache_creation_input_tokens\":200,\"cache_read_input_tokens\":3000,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":3000}}}",
            new TokenUsage { Input = 3210, CachedInput = 3000, CacheWrite = 200, Output = 7 }
        },
        {
            "caches that cannot be inside of the prompt", Operation.ChatCompletions,
            "{" + Choices + ",\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":7,\"cache_read_input_tokens\":3000}}",
            new TokenUsage { Input = 3010, CachedInput = 3000, Output = 7 }
        },
        {
            "DeepSeek", Operation.ChatCompletions,
            "{" + Choices + ",\"usage\":{\"prompt_tokens\":64,\"completion_tokens\":9,\"total_tokens\":73,\"prompt_cache_hit_tokens\":60,\"prompt_cache_miss_tokens\":4,\"completion_tokens_details\":{\"reasoning_tokens\":5}}}",
            new TokenUsage { Input = 64, CachedInput = 60, Output = 9, Reasoning = 5 }
        },
        {
            "reasoning left out of the output, but not of the total", Operation.ChatCompletions,
            "{" + Choices + ",\"usage\":{\"prompt_tokens\":32,\"completion_tokens\":9,\"total_tokens\":135,\"completion_tokens_details\":{\"reasoning_tokens\":94}}}",
            new TokenUsage { Input = 32, Output = 103, Reasoning = 94 }
        },
        {
            "reasoning that cannot be inside of the output", Operation.ChatCompletions,
            "{" + Choices + ",\"usage\":{\"prompt_tokens\":32,\"completion_tokens\":9,\"completion_tokens_details\":{\"reasoning_tokens\":94}}}",
            new TokenUsage { Input = 32, Output = 103, Reasoning = 94 }
        },
        {
            "usage in front of the choices", Operation.ChatCompletions,
            "{\"id\":\"p\",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3,\"search_context_size\":\"low\"},\"citations\":[\"https://x\"]," + Choices + "}",
            new TokenUsage { Input = 1, Output = 2 }
        },
        {
            "legacy completions", Operation.Completions,
            "{\"object\":\"text_completion\",\"choices\":[{\"text\":\"a\",\"index\":0,\"logprobs\":null,\"finish_reason\":\"length\"}],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}",
            new TokenUsage { Input = 5, Output = 7 }
        },
        {
            "embeddings", Operation.Embeddings,
            "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[-0.006,0.5e-3,1,[]]}],\"model\":\"e\",\"usage\":{\"prompt_tokens\":8,\"total_tokens\":8}}",
            new TokenUsage { Input = 8 }
        },
        {
            "embeddings with a total only", Operation.Embeddings,
            "{\"data\":[{\"embedding\":\"AAAA\"}],\"usage\":{\"total_tokens\":8,\"completion_tokens\":0}}",
            new TokenUsage { Input = 8 }
        },
        {
            "responses", Operation.Responses,
            "{\"id\":\"resp\",\"object\":\"response\",\"output\":[{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"x\"}]}],\"tools\":[],\"usage\":{\"input_tokens\":36,"
                + "\"input_tokens_details\":{\"cached_tokens\":10},\"output_tokens\":87,\"output_tokens_details\":{\"reasoning_tokens\":64},\"total_tokens\":123},\"user\":null,\"metadata\":{}}",
            new TokenUsage { Input = 36, CachedInput = 10, Output = 87, Reasoning = 64 }
        },
        {
            "odd white space", Operation.ChatCompletions,
            "\r\n { \"choices\" : [ ] ,\n\t\"usage\" \r\n:\t { \"prompt_tokens\" : 3 , \"completion_tokens\":4 } }\n",
            new TokenUsage { Input = 3, Output = 4 }
        },
    };
}
