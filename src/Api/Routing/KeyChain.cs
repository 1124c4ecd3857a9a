using Gateway.Api.Routing.Health;

namespace Gateway.Api.Routing;

/// <summary>The keys of one entry, newest first: the first one that the provider is not known to refuse is used.</summary>
internal static class KeyChain
{
    /// <summary>Null: every key is refused.</summary>
    public static RouteCandidate? FirstAccepted(RouteCandidate newest, EndpointHealth health, DateTimeOffset now)
    {
        for (var candidate = newest; candidate is not null; candidate = candidate.NextKey)
        {
            var fingerprint = candidate.Target.KeyFingerprint;
            if (!health.IsRefused(fingerprint) || health.OwnRetryIsDue(fingerprint, now))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>As <see cref="FirstAccepted"/>, and takes the one retry of a refused key that is due.</summary>
    public static RouteCandidate? Take(RouteCandidate newest)
    {
        var health = newest.Endpoint.Health;
        if (health.IsClear)
        {
            return newest;
        }

        for (var candidate = newest; candidate is not null; candidate = candidate.NextKey)
        {
            var fingerprint = candidate.Target.KeyFingerprint;
            if (!health.IsRefused(fingerprint) || candidate.Endpoint.TryTakeKeyRetry(fingerprint))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>The key that a trial uses: each in turn, since any of them may have been put right.</summary>
    public static RouteCandidate ForTrial(RouteCandidate newest, long probeId)
    {
        var count = 0L;
        for (var candidate = newest; candidate is not null; candidate = candidate.NextKey)
        {
            count++;
        }

        var chosen = newest;
        for (var skip = Math.Abs(probeId % count); skip > 0; skip--)
        {
            chosen = chosen.NextKey!;
        }

        return chosen;
    }

    /// <param name="accepted">The key that would be used; null: none, then any tried key counts.</param>
    public static bool WasTried(RouteCandidate? accepted, RouteCandidate newest, IReadOnlyList<RouteCandidate> tried)
    {
        for (var candidate = accepted ?? newest; candidate is not null; candidate = candidate.NextKey)
        {
            for (var i = 0; i < tried.Count; i++)
            {
                if (ReferenceEquals(tried[i], candidate))
                {
                    return true;
                }
            }

            if (accepted is not null)
            {
                break;
            }
        }

        return false;
    }
}
