namespace Gateway.Api.Http;

/// <summary>What an inference route asks for.</summary>
public enum Operation
{
    ChatCompletions,
    Completions,
    Embeddings,
    Responses,
}

public static class Operations
{
    /// <summary>Number of operations; arrays per operation have this length.</summary>
    public const int Count = 4;

    /// <summary>The path below an OpenAI base, without a leading slash.</summary>
    public static string Path(this Operation operation) => operation switch
    {
        Operation.ChatCompletions => "chat/completions",
        Operation.Completions => "completions",
        Operation.Embeddings => "embeddings",
        Operation.Responses => "responses",
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    /// <summary>By its path; null: there is no such operation.</summary>
    public static Operation? Find(string path)
    {
        foreach (var operation in Enum.GetValues<Operation>())
        {
            if (operation.Path() == path)
            {
                return operation;
            }
        }

        return null;
    }
}
