namespace Gateway.Testing.Fuzzing.Credentials;

/// <summary>The ways in which a request may carry its credential.</summary>
public static class CredentialHeaders
{
    /// <summary>Each of them is taken.</summary>
    public static string Good(FuzzRandom random, string credential) => random.Below(12) switch
    {
        0 => $"x-api-key: {credential}\r\n",
        1 => $"api-key: {credential}\r\n",
        2 => $"AUTHORIZATION: bearer {credential}\r\n",
        3 => $"authorization:   Bearer   {credential}  \r\n",
        // The first that is present counts; the others are not looked at.
        4 => $"x-api-key: sk-other\r\nAuthorization: Bearer {credential}\r\n",
        5 => $"Authorization: Basic dTpw\r\nx-api-key: {credential}\r\n",
        _ => $"Authorization: Bearer {credential}\r\n",
    };

    /// <summary>None of them is.</summary>
    public static string Bad(FuzzRandom random, string good) => random.Below(9) switch
    {
        0 => "",
        1 => $"Authorization: Bearer {good}\r\nAuthorization: Bearer {good}\r\n",
        2 => $"Authorization: Basic {good}\r\n",
        3 => $"Authorization: {good}\r\n",
        4 => $"Authorization: Bearer wrong\r\nx-api-key: {good}\r\n",
        5 => $"x-api-key: {good}\r\nx-api-key: {good}\r\n",
        6 => $"Authorization: Bearer {good} {good}\r\n",
        7 => $"Authorization: Bearer {new string('a', 17_000)}\r\n",
        _ => random.Pick("Authorization: Bearer\r\n", "Authorization:\r\n", "x-api-key: \r\n", "Cookie: key=" + good + "\r\n", "Proxy-Authorization: Bearer " + good + "\r\n", "Bearer: " + good + "\r\n"),
    };
}
