using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Silo.Settings.Models;
using Gateway.Silo.Settings.Secrets;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Reads <c>GATEWAY_MODELS</c>.</summary>
internal static class ModelSettings
{
    private const int MaxChains = 1_000;
    private const int MaxModels = 16;
    private const int MaxName = 256;

    public static ModelOptions Read(SettingReader reader, List<WatchedSecret> watched)
    {
        var options = new ModelOptions();
        DocumentSetting.Read(reader, "GATEWAY_MODELS", watched, text => Apply(options, text));
        return options;
    }

    private static string? Apply(ModelOptions options, string text)
    {
        if (!JsonSetting.TryParseObject(text, out var json, out var problem))
        {
            return problem;
        }

        using (json)
        {
            var chains = ModelChains.None.ByName.ToBuilder();
            foreach (var field in json.RootElement.EnumerateObject())
            {
                if (Models(field.Value) is not { } models || !IsName(field.Name))
                {
                    return $"must have as \"{Shown(field.Name)}\" a list of 1 to {MaxModels} different names of models, of 1 to {MaxName} characters each";
                }

                chains[field.Name] = models;
            }

            if (chains.Count > MaxChains)
            {
                return $"has {chains.Count} names; at most {MaxChains} are allowed";
            }

            options.Chains = new ModelChains(chains.ToImmutable());
            return null;
        }
    }

    private static ImmutableArray<string>? Models(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is 0 or > MaxModels)
        {
            return null;
        }

        var models = ImmutableArray.CreateBuilder<string>();
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || item.GetString() is not { } model || !IsName(model) || models.Contains(model))
            {
                return null;
            }

            models.Add(model);
        }

        return models.ToImmutable();
    }

    private static bool IsName(string name) => name.Length is > 0 and <= MaxName;

    private static string Shown(string name) => name.Length <= MaxName ? name : name[..MaxName] + "…";
}
