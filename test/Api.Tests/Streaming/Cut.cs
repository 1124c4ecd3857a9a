using static Gateway.Api.Tests.Streaming.UpstreamConnection;

namespace Gateway.Api.Tests.Streaming;

/// <summary>The ways in which an upstream's stream breaks off.</summary>
public enum Cut
{
    Reset,
    FinInsideAChunk,
    FinOfACloseDelimitedBody,
    CleanEndWithoutMarker,
}

public static class Cuts
{
    /// <summary>An upstream that sends <paramref name="body"/> and then breaks off when <paramref name="received"/> says so.</summary>
    public static ScriptedUpstream Upstream(Cut cut, string body, Task? received = null) => new(async connection =>
    {
        if (cut == Cut.FinOfACloseDelimitedBody)
        {
            await connection.SendAsync(CloseDelimited + body);
        }
        else
        {
            await connection.SendAsync(Chunked);
            await connection.ChunkAsync(body);
        }

        // What was sent before a reset may be lost with it, so that the test waits until it has arrived.
        await (received ?? Task.CompletedTask);
        switch (cut)
        {
            case Cut.Reset:
                connection.Reset();
                break;
            case Cut.FinInsideAChunk:
                await connection.SendAsync("ff\r\n");
                connection.Fin();
                break;
            case Cut.FinOfACloseDelimitedBody:
                connection.Fin();
                break;
            default:
                await connection.EndChunksAsync();
                break;
        }
    });
}
