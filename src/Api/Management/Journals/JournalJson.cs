using System.Text.Json;
using Gateway.Api.Usage.Journal.Entries;
using Gateway.Api.Usage.Journal.Shipping;

namespace Gateway.Api.Management.Journals;

internal static class JournalJson
{
    public static byte[] Of(JournalOwner owner, Adoption adoption) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        session = owner.Session,
        node = owner.Node,
        records = adoption.Records,
        damages = adoption.Damages,
    });
}
