using Gateway.Api.Http;
using Gateway.Silo.Settings;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Streaming;

/// <summary>Makes the caller's side of streams; one for the whole process.</summary>
public sealed class StreamResponseFactory(SilenceWatch watch, TimeProvider time, IOptions<StreamOptions> options)
{
    private readonly TimeSpan _keepAlive = options.Value.KeepAlive;

    public StreamResponse Create(HttpContext context, Operation operation) => new(context, operation, _keepAlive, watch, time);
}
