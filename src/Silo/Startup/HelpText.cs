using System.Text;
using Gateway.Silo.Settings.Catalog;

namespace Gateway.Silo.Startup;

/// <summary>The text of <c>--help</c>, made from the catalogue of settings.</summary>
public static class HelpText
{
    public static string Make(ProgramDescription program)
    {
        var text = new StringBuilder()
            .AppendLine($"{ProductInfo.Name} {ProductInfo.Version}: {program.Purpose}.")
            .AppendLine()
            .AppendLine("  (no command)       serve")
            .AppendLine("  check              say what is wrong with settings and manifest, entry by entry, and end")
            .AppendLine("  adopt FOLDER       take in the usage that front-ends which do not come back left in their journals there, and end")
            .AppendLine("  --urls ADDRESSES   listen there, e.g. http://127.0.0.1:8080; several separated by semicolons")
            .AppendLine("  --health URL       ask a running gateway, e.g. http://127.0.0.1:8000/health/ready; exit code 0 when it answers with success")
            .AppendLine("  --version, --help")
            .AppendLine()
            .AppendLine("Settings, from the environment, .env or appsettings.json (Gateway:A:B is Gateway__A__B in the environment).")
            .AppendLine("Those marked * are secrets: NAME_FILE gives the path of a watched file with the value.")
            .AppendLine();
        foreach (var setting in SettingCatalog.All.Where(setting => setting.Support == SettingSupport.Supported))
        {
            text.AppendLine($"  {setting.Name}{(setting.Secret ? " *" : "")}{(setting.Default is { } value ? $" ({value})" : "")}")
                .AppendLine($"      {setting.Description}");
        }

        text.AppendLine().AppendLine("Known, without effect in this version (listed as not_enforced):")
            .AppendLine("  " + Names(SettingSupport.NotEnforced))
            .AppendLine().AppendLine("Known, and refused by this version:")
            .AppendLine("  " + Names(SettingSupport.Refused));
        return text.ToString();
    }

    private static string Names(SettingSupport support) =>
        string.Join(", ", SettingCatalog.All.Where(setting => setting.Support == support).Select(setting => setting.Name));
}
