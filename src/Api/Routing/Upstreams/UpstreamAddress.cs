using System.Collections.Immutable;
using Gateway.Api.Http;
using Gateway.Silo.Upstreams;

namespace Gateway.Api.Routing.Upstreams;

/// <summary>Joins an entry's URL with the path of an operation.</summary>
public static class UpstreamAddress
{
    /// <summary>One address per operation.</summary>
    public static Uri[] ForOperations(Uri entryUrl, ImmutableDictionary<string, string> query)
    {
        var address = new EntryAddress(entryUrl, query);
        var addresses = new Uri[Operations.Count];
        for (var i = 0; i < addresses.Length; i++)
        {
            addresses[i] = address.Of(((Operation)i).Path());
        }

        return addresses;
    }
}
