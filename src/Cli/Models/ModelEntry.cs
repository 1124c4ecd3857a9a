using Gateway.Cli.Http;
using Gateway.Cli.Text;

namespace Gateway.Cli.Models;

/// <param name="Id">As requests name it.</param>
/// <param name="ContextWindow">Tokens; null: the gateway does not know.</param>
internal sealed record ModelEntry(string Id, int? ContextWindow)
{
    /// <summary>All that the caller may use.</summary>
    public static async Task<IReadOnlyList<ModelEntry>> ListAsync(GatewayClient client, CancellationToken cancellationToken) =>
        [.. (await client.GetAsync("/v1/models", cancellationToken)).Data()
            .Select(model => (Id: model.Text("id"), Window: model.Shown("context_window")))
            .Where(model => model.Id is not null)
            .Select(model => new ModelEntry(model.Id!, int.TryParse(model.Window, out var window) ? window : null))];
}
