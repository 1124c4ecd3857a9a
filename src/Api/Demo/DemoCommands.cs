namespace Gateway.Api.Demo;

/// <summary>The commands that a newcomer pastes into a shell; they hold all they need.</summary>
internal static class DemoCommands
{
    private const string Body = $$"""{"model":"{{DemoModels.Chat}}","messages":[{"role":"user","content":"Hello!"}]}""";
    private const string StreamBody = $$"""{"model":"{{DemoModels.Chat}}","stream":true,"messages":[{"role":"user","content":"Hello!"}]}""";

    public static string Text(string origin, string key) => $$"""

        Demo: two endpoints inside this process, models {{string.Join(", ", DemoModels.All)}}.
        Base URL {{origin}}/v1, API key {{key}}

        bash:
          {{Curl(origin, key, Body)}}
          {{Curl(origin, key, StreamBody)}}
          curl -sS {{origin}}/v1/models -H 'Authorization: Bearer {{key}}'

        PowerShell:
          Invoke-RestMethod {{origin}}/v1/chat/completions -Method Post -ContentType 'application/json' -Headers @{Authorization='Bearer {{key}}'} -Body '{{Body}}' | ConvertTo-Json -Depth 9
          Invoke-RestMethod {{origin}}/v1/models -Headers @{Authorization='Bearer {{key}}'} | ConvertTo-Json -Depth 9

        Your own APIs: set METIS_STATUS_URL and METIS_API_TOKENS in .env and start again.

        """;

    private static string Curl(string origin, string key, string body) =>
        $"curl -sSN {origin}/v1/chat/completions -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' -d '{body}'";
}
