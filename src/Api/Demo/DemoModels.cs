namespace Gateway.Api.Demo;

internal static class DemoModels
{
    public const string Chat = "demo-chat";
    public const string Embedding = "demo-embedding";

    public static readonly string[] All = [Chat, Embedding];
}
