using System.Text.Json.Nodes;
using Gateway.Cli.Host;
using Gateway.Cli.Identity.Tokens;
using Gateway.Cli.Profiles;
using Gateway.Cli.Text;

namespace Gateway.Cli.Identity.Flows;

/// <summary>
/// Device authorization (RFC 8628), for machines without a browser:
/// (1) the provider gives a code for people and one for this program;
/// (2) the person enters the first one on any other machine;
/// (3) the program asks with the second one every <c>interval</c> seconds until there are tokens, five seconds less often after each
///     <c>slow_down</c>, twice as seldom after each time that the provider cannot be reached, until the codes expire.
/// </summary>
public sealed class DeviceLogin(CliHost host, TokenEndpoint endpoint)
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(10);

    public async Task<TokenAnswer> SignInAsync(Provider provider, SignInSettings settings, CancellationToken cancellationToken)
    {
        if (provider.DeviceEndpoint is not { } deviceEndpoint)
        {
            throw new CliException(ExitCodes.Failed, "The provider has no device authorization. Leave out --device, or use --api-key");
        }

        var form = new Dictionary<string, string> { ["client_id"] = settings.ClientId, ["scope"] = settings.Scope };
        TokenEndpoint.AddTarget(form, settings);
        var started = host.Time.GetUtcNow();
        var (isSuccess, body) = await endpoint.PostAsync(deviceEndpoint, form, cancellationToken);
        if (!isSuccess || body.Text("device_code") is not { } deviceCode || body.Text("user_code") is not { } userCode)
        {
            var refusal = new TokenAnswer { Error = body.Text("error") ?? "no codes", Description = body.Text("error_description") };
            throw new CliException(ExitCodes.Failed, $"The provider refused the sign-in ({refusal.Reason})");
        }

        Show(body, userCode);
        var interval = Seconds(body, "interval") ?? DefaultInterval;
        return await PollAsync(settings, deviceCode, interval, started + (Seconds(body, "expires_in") ?? DefaultLifetime), cancellationToken);
    }

    private async Task<TokenAnswer> PollAsync(SignInSettings settings, string deviceCode, TimeSpan interval, DateTimeOffset end, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(interval, host.Time, cancellationToken);
            if (host.Time.GetUtcNow() >= end)
            {
                throw Expired();
            }

            TokenAnswer answer;
            try
            {
                answer = await endpoint.AskAsync(settings, new() { ["grant_type"] = "urn:ietf:params:oauth:grant-type:device_code", ["device_code"] = deviceCode }, cancellationToken);
            }
            catch (CliException failure) when (failure.ExitCode == ExitCodes.Unreachable)
            {
                interval = interval * 2 > LongestInterval ? LongestInterval : interval * 2;
                continue;
            }

            switch (answer.Error)
            {
                case null:
                    return answer;
                case "authorization_pending":
                    break;
                case "slow_down":
                    interval += TimeSpan.FromSeconds(5);
                    break;
                case "expired_token":
                    throw Expired();
                case "access_denied":
                    throw new CliException(ExitCodes.Denied, $"The provider refused the sign-in ({answer.Reason})");
                default:
                    return answer;
            }
        }
    }

    private void Show(JsonObject body, string userCode)
    {
        host.Terminal.Say($"On any machine open {Printable.Line(body.Text("verification_uri") ?? body.Text("verification_url") ?? "")} and enter this code:");
        host.Terminal.Say($"    {Printable.Line(userCode, 64)}");
        if (body.Text("verification_uri_complete") is { } complete)
        {
            host.Terminal.Say($"or open {Printable.Line(complete, 2_000)}");
        }
    }

    private static TimeSpan? Seconds(JsonObject body, string field) =>
        body[field] is JsonValue value && value.TryGetValue<double>(out var seconds) && seconds is > 0 and < 86_400 ? TimeSpan.FromSeconds(seconds) : null;

    private static CliException Expired() => new(ExitCodes.Failed, "The code has expired before anybody entered it. Start again: gateway login --device");
}
