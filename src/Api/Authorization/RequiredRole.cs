using Gateway.Api.Authentication;

namespace Gateway.Api.Authorization;

/// <summary>Endpoint metadata: the least role that may call it.</summary>
public sealed record RequiredRole(AdminRole Role);
