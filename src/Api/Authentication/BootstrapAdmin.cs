using Gateway.Silo.Settings;
using Gateway.Storage.Keys;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Authentication;

/// <summary>The holder of <c>GATEWAY_ADMIN_KEY</c>: passes every rule, and works without any database.</summary>
internal sealed class BootstrapAdmin(IOptions<IdentityOptions> options)
{
    private volatile Expected? _expected;

    public Caller Caller { get; } = new()
    {
        Key = "key:bootstrap-admin",
        Role = AdminRole.Admin,
        IsBootstrapAdmin = true,
        Id = "bootstrap-admin",
        Username = "bootstrap-admin",
        Name = "bootstrap-admin",
        AuthService = "gateway",
    };

    /// <summary>Compares hashes in constant time; false for everything when no key is set.</summary>
    public bool Matches(KeyHash credential)
    {
        var text = options.Value.AdminKey;
        if (text.Length == 0)
        {
            return false;
        }

        // A watched secret file replaces the text while the process runs.
        if (_expected is not { } expected || !ReferenceEquals(expected.Text, text))
        {
            _expected = expected = new Expected(text, KeyHash.Of(text));
        }

        return expected.Hash == credential;
    }

    private sealed class Expected(string text, KeyHash hash)
    {
        public string Text => text;

        public KeyHash Hash => hash;
    }
}
