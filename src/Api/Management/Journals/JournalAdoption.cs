using System.Text.Json;
using Gateway.Api.Authentication;
using Gateway.Api.Errors;
using Gateway.Api.Usage.Journal.Files;
using Gateway.Api.Usage.Journal.Shipping;
using Gateway.Silo.Settings;
using Gateway.Storage.Audit;
using Gateway.Storage.Sessions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Management.Journals;

/// <summary>
/// Takes in a journal that is sent: (1) one at a time, into a folder where nobody looks for journals; (2) its session must not live any more;
/// (3) it is adopted as if it had been found here. Whoever sends it may send it again, whatever became of it: it counts once.
/// </summary>
internal sealed partial class JournalAdoption(
    JournalAdopter adopter, NodeSessionTable sessions, IAuditLog audit, IOptions<NodeOptions> node, IOptions<JournalOptions> options, ILogger<JournalAdoption> logger) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly string _uploads = Path.Combine(node.Value.DataDirectory, "uploads");

    public async Task AdoptAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound)
        {
            // The bound is that of a journal, and kept by who receives it.
            bound.MaxRequestBodySize = null;
        }

        var (adopted, error) = await TakeInAsync(context);
        await (adopted is null ? ErrorWriter.WriteAsync(context, error!) : ManagementResponse.WriteJsonAsync(context, StatusCodes.Status200OK, adopted));
    }

    public void Dispose() => _turn.Dispose();

    private async Task<(byte[]? Adopted, GatewayError? Error)> TakeInAsync(HttpContext context)
    {
        await _turn.WaitAsync(context.RequestAborted);
        try
        {
            // Also what a process left that died meanwhile.
            Remove();
            var folder = Directory.CreateDirectory(Path.Combine(_uploads, "received")).FullName;
            return await ReceiveAsync(context, folder) is { } error ? (null, error) : await AdoptAsync(context.GetCaller()!.Subject, folder);
        }
        finally
        {
            Remove();
            _turn.Release();
        }
    }

    /// <remarks>From here on it is not the sender's patience that decides: half of the work would be done again.</remarks>
    private async Task<(byte[]? Adopted, GatewayError? Error)> AdoptAsync(string actor, string folder)
    {
        if (JournalReader.OwnerOf(folder) is not { } owner)
        {
            return (null, JournalErrors.Malformed());
        }

        if ((await sessions.FindLostAsync([owner.Session], CancellationToken.None)).Count == 0)
        {
            return (null, JournalErrors.InUse());
        }

        await audit.WriteAsync(actor, "journal.adopt", "session:" + owner.Session, null, CancellationToken.None);
        try
        {
            var adoption = await adopter.AdoptSessionAsync(folder, new Adoption(), CancellationToken.None);
            LogAdopted(owner.Session, owner.Node, adoption.Records, adoption.Damages);
            return (JournalJson.Of(owner, adoption), null);
        }
        catch (JsonException)
        {
            // Its totals.
            return (null, JournalErrors.Malformed());
        }
    }

    private async Task<GatewayError?> ReceiveAsync(HttpContext context, string folder)
    {
        try
        {
            return await new JournalUpload(folder, options.Value.MaxBytes + options.Value.SegmentBytes).ReceiveAsync(context.Request.Body, context.RequestAborted) switch
            {
                JournalFault.Malformed => JournalErrors.Malformed(),
                JournalFault.TooLarge => JournalErrors.TooLarge(options.Value.MaxBytes),
                _ => null,
            };
        }
        catch (IOException failure) when (failure is not BadHttpRequestException && !context.RequestAborted.IsCancellationRequested)
        {
            LogRefused(failure.Message);
            return JournalErrors.NotReceived();
        }
    }

    private void Remove()
    {
        if (Directory.Exists(_uploads))
        {
            Directory.Delete(_uploads, recursive: true);
        }
    }

    [LoggerMessage(5021, LogLevel.Information, "The journal of session {Session} of front-end {Node} was sent here and taken in: {Records} records, {Damages} places that could not be read")]
    private partial void LogAdopted(string session, string node, long records, int damages);

    [LoggerMessage(5022, LogLevel.Warning, "A journal that was sent here could not be received: {Reason}")]
    private partial void LogRefused(string reason);
}
