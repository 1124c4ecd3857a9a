using System.Runtime.InteropServices;

namespace Gateway.Api.Streaming;

/// <summary>What <see cref="SilenceWatch"/> asks of a stream.</summary>
public interface IWatchedStream
{
    /// <summary>The watch's own note of where it keeps the stream; nobody else touches it.</summary>
    WatchPlace WatchPlace { get; set; }

    /// <summary>Called every <see cref="SilenceWatch.Period"/>; must neither block nor throw.</summary>
    void CheckSilence();
}

/// <param name="Number">Counted from 1; 0: not watched.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct WatchPlace(int Stripe, int Number);
