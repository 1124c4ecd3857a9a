using Gateway.Api.Http;

namespace Gateway.Api.Routing;

/// <summary>An entry's addresses and credential headers, made once per manifest or key version.</summary>
public sealed class UpstreamTarget
{
    /// <summary>Of an entry that must not be called, because its account has no key.</summary>
    public static readonly UpstreamTarget Nowhere = new()
    {
        Origin = new Uri("http://nowhere.invalid"),
        Addresses = [],
        Headers = [],
        KeyFingerprint = null,
        CarriesSecret = false,
        Secrets = [],
    };

    /// <summary>Scheme, host and port: the pool of connections that this target uses.</summary>
    public required Uri Origin { get; init; }

    /// <summary>Absolute address of each operation, indexed by <see cref="Operation"/>.</summary>
    public required Uri[] Addresses { get; init; }

    /// <summary>The entry's own headers and its key; set last, so that nothing of the caller's can replace them.</summary>
    public required KeyValuePair<string, string>[] Headers { get; init; }

    /// <summary>Of the key in <see cref="Headers"/>; not reversible; null: no key.</summary>
    public required string? KeyFingerprint { get; init; }

    /// <summary><see cref="Headers"/> hold a key or headers that the operator keeps secret: in plain http they go to private addresses only.</summary>
    public required bool CarriesSecret { get; init; }

    /// <summary>The account has an older key that is tried when this one is refused.</summary>
    public bool HasNextKey { get; init; }

    /// <summary>Texts that no answer may contain: the key, its host, the account.</summary>
    public required string[] Secrets { get; init; }

    /// <summary>Those of <see cref="Secrets"/> that are keys, and so only as they are spelled: <c>EMPTY</c> is one, and "empty" a word.</summary>
    public string[] Keys { get; init; } = [];
}
