namespace Gateway.Testing.Fuzzing.Bodies;

/// <summary>The inference operations, as their paths name them.</summary>
public enum FuzzOperation
{
    Chat,
    Completions,
    Embeddings,
    Responses,
}

public static class FuzzOperations
{
    public static string Path(this FuzzOperation operation) => operation switch
    {
        FuzzOperation.Chat => "chat/completions",
        FuzzOperation.Completions => "completions",
        FuzzOperation.Embeddings => "embeddings",
        _ => "responses",
    };

    public static bool HasUsageOption(this FuzzOperation operation) => operation is FuzzOperation.Chat or FuzzOperation.Completions;
}
