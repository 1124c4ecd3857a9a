namespace Gateway.Api.Streaming;

/// <summary>What <see cref="SilenceWatch"/> asks of a stream.</summary>
public interface IWatchedStream
{
    /// <summary>Called every <see cref="SilenceWatch.Period"/>; must neither block nor throw.</summary>
    void CheckSilence();
}
