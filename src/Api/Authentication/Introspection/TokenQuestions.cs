using Gateway.Abstractions.Tokens;
using Gateway.Api.Cluster;
using Gateway.Silo.Hosting;
using Gateway.Storage.Keys;

namespace Gateway.Api.Authentication.Introspection;

/// <summary>Asks the grain of a token's shard. A call that is lost with its silo is asked again, since asking twice is harmless.</summary>
internal sealed class TokenQuestions(IGrainFactory grains, GrainCallCounts calls, TimeProvider time)
{
    /// <summary>From the first try on; a silo that was killed is replaced well within it.</summary>
    public static TimeSpan Patience => ClusterHostingExtensions.GrainPatience;

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(200);

    /// <exception cref="Exception">No silo answered in time.</exception>
    public async Task<TokenAnswer> AskAsync(string token, KeyHash hash)
    {
        var key = ITokenGrain.KeyOf(hash.ToArray());
        var question = new TokenQuestion { Token = token };
        var startedAt = time.GetTimestamp();
        while (true)
        {
            try
            {
                calls.CountRequest();
                return await grains.GetGrain<ITokenGrain>(key).Introspect(question, CancellationToken.None);
            }
            catch (Exception problem) when (problem is not ArgumentException && time.GetElapsedTime(startedAt) < Patience)
            {
                await Task.Delay(BetweenTries, time);
            }
        }
    }
}
