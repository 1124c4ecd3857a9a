using System.Collections.Immutable;
using Gateway.Grains.Manifests.State;

namespace Gateway.Grains.Manifests.Assembly;

/// <summary>
/// Decides which origin may get a key. A key is bound by its <c>endpoint_id</c>, not by the manifest key: otherwise whoever can edit
/// the manifest could add an entry that carries an old key to a new host.
/// </summary>
internal sealed class KeyOrigins(ImmutableArray<KeyOrigin> known)
{
    private ImmutableArray<KeyOrigin> _known = known;

    public ImmutableArray<KeyOrigin> Known => _known;

    /// <summary>True: the key may go there. The first origin ever seen is pinned, unless the setting names origins.</summary>
    public bool Admit(string endpointId, string origin, ImmutableArray<string> namedBySetting)
    {
        var own = _known.Where(item => item.EndpointId == endpointId).ToList();
        if (own.Any(item => item.Approved && item.Origin == origin) || namedBySetting.Any(name => Origin.Matches(name, origin)))
        {
            return true;
        }

        if (!namedBySetting.IsEmpty)
        {
            return false;
        }

        if (own.Count == 0)
        {
            _known = _known.Add(new KeyOrigin { EndpointId = endpointId, Origin = origin, Approved = false });
            return true;
        }

        return own.Any(item => item.Origin == origin);
    }

    /// <summary>Adds the origin and forgets those of this key that no accepted entry uses any more.</summary>
    public static ImmutableArray<KeyOrigin> Approve(ImmutableArray<KeyOrigin> known, string endpointId, string origin, IReadOnlySet<string> inUse) =>
    [
        .. known.Where(item => item.EndpointId != endpointId || (item.Origin != origin && inUse.Contains(item.Origin))),
        new KeyOrigin { EndpointId = endpointId, Origin = origin, Approved = true },
    ];
}
