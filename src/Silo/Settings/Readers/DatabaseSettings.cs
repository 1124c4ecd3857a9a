using Gateway.Silo.Settings.Secrets;
using Gateway.Storage.Sql.Postgres;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Reads <c>DATABASE_URL</c>. In a watched file the password may change while the process runs.</summary>
internal static class DatabaseSettings
{
    private const string Setting = "DATABASE_URL";

    public static PostgresTarget? Read(SettingReader reader, List<WatchedSecret> watched)
    {
        var secret = reader.Secret(Setting);
        if (secret.Value is not { } value)
        {
            return null;
        }

        if (!PostgresTarget.TryParse(value, out var target, out var problem))
        {
            reader.Fail(secret.Source, problem!);
            return null;
        }

        if (secret.FilePath is { } path)
        {
            watched.Add(new WatchedSecret(Setting, path, value, target.Renew));
        }

        return target;
    }
}
