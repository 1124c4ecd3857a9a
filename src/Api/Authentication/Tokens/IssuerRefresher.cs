namespace Gateway.Api.Authentication.Tokens;

/// <summary>Fetches every provider's metadata at the start, so that no caller waits for it, and again every quarter of an hour.</summary>
internal sealed partial class IssuerRefresher(TokenIssuers issuers, TimeProvider time, ILogger<IssuerRefresher> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(15);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(issuers.All.Select(issuer => FollowAsync(issuer, stoppingToken)));

    private async Task FollowAsync(TokenIssuer issuer, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var wait = Period;
            try
            {
                await issuer.Metadata.UpdateAsync(cancellationToken);
            }
            catch (IssuerUnavailableException exception)
            {
                LogUnavailable(issuer.Options.Alias, exception.InnerException?.Message ?? exception.Message);
                wait = RetryPeriod;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(EventId = 4011, Level = LogLevel.Warning, Message = "The identity provider '{Alias}' cannot be reached; tokens that need it are answered with 503. {Reason}")]
    private partial void LogUnavailable(string alias, string reason);
}
