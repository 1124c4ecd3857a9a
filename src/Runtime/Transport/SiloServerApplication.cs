using System.Buffers;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Orleans.Runtime.Transport;

/// <summary>
/// Answers HTTP requests of other processes: 200 with the answer; 401 to who lacks the cluster's secret, 421 to another cluster or engine, 413
/// to too large a message, 404 and 400 to what is no message, 503 to a call that another silo must take. Works on Kestrel's features: there is no pipeline.
/// </summary>
internal sealed partial class SiloServerApplication(
    SiloRequestHandler handler, CallCredentials credentials, LocalSiloDetails local, ClusterTransportOptions options, TimeProvider clock, ILoggerFactory loggers)
    : IHttpApplication<IFeatureCollection>
{
    private static readonly Dictionary<string, SiloRequest> Requests = Enum.GetValues<SiloRequest>().ToDictionary(request => $"/{request}", StringComparer.Ordinal);

    private readonly ILogger _logger = loggers.CreateLogger<SiloServerApplication>();
    private readonly string _expectedSignature = credentials.SignatureFor(local.SiloAddress.Endpoint);
    private readonly LogLimit _warnings = new(clock);

    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        var http = context.GetRequiredFeature<IHttpRequestFeature>();
        var aborted = context.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted;
        using var answer = new PooledBuffer();
        var (status, problem) = Check(http, context);
        if (status == StatusCodes.Status200OK)
        {
            try
            {
                using var message = new PooledBuffer((int)Math.Max(http.Headers.ContentLength!.Value, 1));
                await ReadAsync(http.Body, message, http.Headers.ContentLength.Value, aborted);
                var reply = await handler.HandleAsync(Requests[http.Path], message.Memory, answer, aborted);
                (status, problem) = (StatusOf(reply.Outcome), reply.Problem);
            }
            catch (OperationCanceledException) when (aborted.IsCancellationRequested)
            {
                return;
            }
        }

        Respond(context, status, status == StatusCodes.Status200OK ? answer.Memory.Span : System.Text.Encoding.UTF8.GetBytes(problem));
    }

    private (int Status, string Problem) Check(IHttpRequestFeature http, IFeatureCollection context)
    {
        var cluster = http.Headers[CallCredentials.ClusterHeader].ToString();
        if (cluster != credentials.Cluster)
        {
            Warn(context, $"the caller belongs to another cluster or engine, not to {credentials.Cluster}");
            return (StatusCodes.Status421MisdirectedRequest, $"this silo belongs to {credentials.Cluster}, the caller to another cluster or engine");
        }

        if (!ClusterSecret.AreEqual(_expectedSignature, http.Headers[CallCredentials.SignatureHeader].ToString()))
        {
            Warn(context, "the caller has another cluster secret");
            return (StatusCodes.Status401Unauthorized, "the caller has another cluster secret");
        }

        return !Requests.ContainsKey(http.Path) ? (StatusCodes.Status404NotFound, "no such request")
            : http.Headers.ContentLength is not { } length ? (StatusCodes.Status411LengthRequired, "the message has no length")
            : length > options.MaxMessageBytes ? (StatusCodes.Status413PayloadTooLarge, $"the message has more than {options.MaxMessageBytes} bytes")
            : (StatusCodes.Status200OK, "");
    }

    private static int StatusOf(Outcome outcome) => outcome switch
    {
        Outcome.Answered => StatusCodes.Status200OK,
        Outcome.NotSent => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };

    private static async Task ReadAsync(Stream body, PooledBuffer message, long length, CancellationToken aborted)
    {
        while (message.Length < length)
        {
            var read = await body.ReadAsync(message.GetMemory((int)(length - message.Length)), aborted);
            message.Advance(read > 0 ? read : throw new OperationCanceledException(aborted));
        }
    }

    // Without a flush: headers, body and the end of the stream go out together when the request ends, and wake the caller once.
    private static void Respond(IFeatureCollection context, int status, ReadOnlySpan<byte> body)
    {
        var response = context.GetRequiredFeature<IHttpResponseFeature>();
        response.StatusCode = status;
        response.Headers.ContentLength = body.Length;
        context.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.Write(body);
    }

    private void Warn(IFeatureCollection context, string problem)
    {
        if (_warnings.Allows())
        {
            LogRefused(_logger, local.SiloAddress, context.Get<IHttpConnectionFeature>()?.RemoteIpAddress, problem);
        }
    }

    [LoggerMessage(EventId = 10080, Level = LogLevel.Error, Message = "Silo {Silo} refuses a caller at {Address}: {Problem}")]
    private static partial void LogRefused(ILogger logger, SiloAddress silo, IPAddress? address, string problem);
}
