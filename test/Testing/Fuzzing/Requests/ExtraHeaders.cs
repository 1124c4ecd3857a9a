namespace Gateway.Testing.Fuzzing.Requests;

/// <summary>Header lines beside those that a request needs, each with what must become of it.</summary>
public static class ExtraHeaders
{
    public static (string Lines, Expectation Expectation) Create(FuzzRandom random)
    {
        switch (random.Below(18))
        {
            case 0:
                return (string.Concat(Enumerable.Range(0, random.Between(1, 80)).Select(n => $"X-Extra-{n}: {random.Text(10)}\r\n")), Expectation.Accepted);
            case 1:
                return (string.Concat(Enumerable.Range(0, random.Between(101, 300)).Select(n => $"X-Extra-{n}: a\r\n")), Expectation.Refused);
            case 2:
                return ($"X-Long: {random.Text(random.Between(4_000, 20_000))}\r\n", Expectation.Accepted);
            case 3:
                return ($"X-Long: {random.Text(random.Between(33_000, 60_000))}\r\n", Expectation.Refused);
            case 4:
                return ($"x-request-id: {random.Pick("a", "my-id", new string('i', 128), "~!@#$%^&*()_+")}\r\n", Expectation.Accepted);
            case 5:
                return (random.Pick($"x-request-id: {new string('i', 129)}\r\n", "x-request-id: a b\r\n", "x-request-id:\r\n", "x-request-id: a\r\nX-Request-ID: b\r\n", "x-request-id: é\r\n"), Expectation.Accepted);
            case 6:
                return ($"Content-Type: {random.Pick("text/plain", "application/json; charset=utf-16", "APPLICATION/JSON", "x", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json;;;", ";")}\r\n", Expectation.Accepted);
            case 7:
                return ($"Content-Encoding: {random.Pick("gzip", "br", "zstd", "identity, gzip", "deflate", "x")}\r\n", Expectation.Refused);
            case 8:
                return ($"Content-Encoding: {random.Pick("identity", "", "Identity")}\r\n", Expectation.Accepted);
            case 9:
                return ($"{PassedOn(random)}: {random.Pick("é", new string('v', 5_000), "a\tb")}\r\n", Expectation.Refused);
            case 10:
                return ($"{PassedOn(random)}: {random.Pick("application/json", "text/event-stream", "*/*", "2023-06-01", random.Text(30), "a, b;q=0.1")}\r\n", Expectation.Accepted);
            case 11:
                return ($"{PassedOn(random)}: a\r\n{PassedOn(random)}: b\r\n", Expectation.Accepted);
            case 12:
                // What is hop by hop, or tells of the caller: none of it may reach an upstream.
                return (random.Pick(
                    "Cookie: session=1\r\n", "X-Forwarded-For: 10.0.0.1, ::1\r\nX-Forwarded-Host: evil\r\n", "Forwarded: for=x;host=y\r\n", "TE: trailers\r\n", "Accept-Encoding: gzip, br\r\n",
                    "Trailer: X-T\r\n", "Upgrade: websocket\r\n", "X-HTTP-Method-Override: GET\r\n", "Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n", "Range: bytes=0-1\r\n",
                    "If-None-Match: *\r\n", "Origin: https://evil.example\r\n", "Sec-Fetch-Mode: cors\r\n", "Via: 1.1 x\r\n", "x-gateway-request-id: mine\r\n", "Max-Forwards: 0\r\n"), Expectation.Accepted);
            case 13:
                return ("Connection: close\r\n", Expectation.Accepted);
            case 14:
                return ("Expect: 100-continue\r\n", Expectation.Accepted);
            case 15:
                return (random.Pick("Connection: authorization, x-fuzz-case\r\n", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n", "Connection: keep-alive, close\r\n", "Keep-Alive: timeout=0\r\n", "X-Gateway-Project: a\r\n"), Expectation.Unknown);
            case 16:
                return ($"anthropic-version: {random.Pick("2023-06-01", "x", "")}\r\n", Expectation.Accepted);
            default:
                return ("", Expectation.Accepted);
        }
    }

    private static string PassedOn(FuzzRandom random) => random.Pick("Accept", "anthropic-beta", "openai-beta", "Idempotency-Key");
}
