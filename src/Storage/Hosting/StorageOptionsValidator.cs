using Microsoft.Extensions.Options;

namespace Gateway.Storage.Hosting;

internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    private const int MinSecretLength = 32;

    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        if (options.Postgres is null && !Path.IsPathFullyQualified(options.SqlitePath))
        {
            return ValidateOptionsResult.Fail("DATA_DIR: the path of the database must be absolute.");
        }

        if (options.ClusterSecret.Length < MinSecretLength)
        {
            return ValidateOptionsResult.Fail($"CLUSTER_SECRET must have at least {MinSecretLength} characters.");
        }

        return options.CallTimeout > TimeSpan.Zero
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("The bound of a database call must be positive.");
    }
}
