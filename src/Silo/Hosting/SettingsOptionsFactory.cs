using Microsoft.Extensions.Options;

namespace Gateway.Silo.Hosting;

/// <summary>Gives the options system the one instance that the settings were read into, checked by the validators of those who use it.</summary>
internal sealed class SettingsOptionsFactory<TOptions>(TOptions instance, IEnumerable<IValidateOptions<TOptions>> validators) : IOptionsFactory<TOptions>
    where TOptions : class
{
    public TOptions Create(string name)
    {
        string[] failures = [.. validators.Select(validator => validator.Validate(name, instance)).Where(result => result.Failed).SelectMany(result => result.Failures ?? [])];
        return failures.Length == 0 ? instance : throw new OptionsValidationException(name, typeof(TOptions), failures);
    }
}
