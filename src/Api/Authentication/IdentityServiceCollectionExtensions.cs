using System.Net;
using Gateway.Api.Authentication.Attempts;
using Gateway.Api.Authentication.Introspection;
using Gateway.Api.Authentication.Keys;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Authentication.Tokens;
using Gateway.Api.Cluster;
using Gateway.Api.Management.Keys;
using Gateway.Silo.Settings;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Api.Authentication;

public static class IdentityServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IAuthenticator"/>, <see cref="IKeysFollower"/> and the management of keys. Needs storage and <see cref="IdentityOptions"/>.</summary>
    public static IServiceCollection AddGatewayIdentity(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SubjectNames>();
        services.TryAddSingleton<IAuthenticator, Authenticator>();
        services.TryAddSingleton<BootstrapAdmin>();
        services.TryAddSingleton<FailedAttemptLimiter>();

        services.TryAddSingleton<ClusterContact>();
        services.TryAddSingleton<GrainCallCounts>();
        services.TryAddSingleton<KeysFreshness>();
        services.TryAddSingleton<ApiKeySnapshot>();
        services.TryAddSingleton<KeyJudge>();
        services.TryAddSingleton<ApiKeyLookup>();
        services.TryAddSingleton<ApiKeyAuthenticator>();
        services.TryAddSingleton<ApiKeyRefresher>();
        services.TryAddSingleton<IKeysFollower>(provider => provider.GetRequiredService<ApiKeyRefresher>());
        services.TryAddSingleton<IKeysReadiness>(provider => provider.GetRequiredService<ApiKeyRefresher>());
        services.AddSingleton<RowsRefresher>(provider => provider.GetRequiredService<ApiKeyRefresher>());
        services.AddHostedService(provider => provider.GetRequiredService<ApiKeyRefresher>());

        services.TryAddSingleton<KeyUseRecorder>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyUseRecorder>());

        services.TryAddSingleton<ApiKeyService>();
        services.TryAddSingleton<KeyRotation>();
        services.TryAddSingleton<IApiKeyProvisioner>(provider => provider.GetRequiredService<ApiKeyService>());
        services.TryAddSingleton<ApiKeyBody>();
        services.TryAddSingleton<ApiKeyJson>();
        services.TryAddSingleton<KeyBroadcast>();
        services.TryAddSingleton<KeyReading>();
        services.TryAddSingleton<KeyWriting>();

        services.TryAddSingleton(provider => new IssuerDocuments(IssuerDocuments.DefaultTimeout, provider.GetService<IWebProxy>()));
        services.TryAddSingleton<TokenIssuers>();
        services.TryAddSingleton<TokenVerifier>();
        services.TryAddSingleton<TokenCache>();
        services.TryAddSingleton<RefusalCache>();
        services.TryAddSingleton<TokenQuestions>();
        services.TryAddSingleton<TokenIntrospector>();
        services.AddHostedService<IssuerRefresher>();
        return services;
    }
}
