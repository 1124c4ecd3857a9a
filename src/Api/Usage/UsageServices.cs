using System.Security.Cryptography;
using Gateway.Api.Usage.Accounting;
using Gateway.Api.Usage.Estimates;
using Gateway.Api.Usage.Pricing;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Api.Usage;

public static class UsageServices
{
    /// <summary>Prices, bounds and guesses. Needs <see cref="Silo.Settings.Prices.PriceOptions"/>.</summary>
    public static IServiceCollection AddMetering(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<PriceBook>();
        services.AddSingleton(_ => new UsageHistory(new Random(RandomNumberGenerator.GetInt32(int.MaxValue))));
        services.AddSingleton<RequestForecaster>();
        return services;
    }

    /// <summary>The account of each request. Needs metering, admission and the journal.</summary>
    public static IServiceCollection AddUsageAccounts(this IServiceCollection services) => services.AddSingleton<RequestAccounts>();
}
