namespace Gateway.Api.Authentication;

/// <summary>Roles by the names that settings, tokens and calls use.</summary>
public static class AdminRoles
{
    public static string Name(AdminRole role) => role switch
    {
        AdminRole.Viewer => "viewer",
        AdminRole.Operator => "operator",
        _ => "admin",
    };

    /// <summary>Exact names only: a role must never be granted by a near miss.</summary>
    public static bool TryParse(string? name, out AdminRole role)
    {
        role = name switch
        {
            "operator" => AdminRole.Operator,
            "admin" => AdminRole.Admin,
            _ => AdminRole.Viewer,
        };
        return name is "viewer" or "operator" or "admin";
    }

    /// <summary>Null: none of them is a role.</summary>
    public static AdminRole? Highest(IEnumerable<string> names)
    {
        AdminRole? highest = null;
        foreach (var name in names)
        {
            if (TryParse(name, out var role) && (highest is null || role > highest))
            {
                highest = role;
            }
        }

        return highest;
    }
}
