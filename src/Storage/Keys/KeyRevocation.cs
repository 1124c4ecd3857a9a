using System.Runtime.InteropServices;

namespace Gateway.Storage.Keys;

/// <param name="Record">As it is now, revoked; null: there is no such key, or it was changed.</param>
/// <param name="IsChanged">The key has another version than was expected.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct KeyRevocation(ApiKeyRecord? Record, bool IsChanged);
