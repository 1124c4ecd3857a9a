using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateway.Silo.Settings.Readers;

namespace Gateway.Silo.Settings.Prices;

/// <summary>
/// Reads <c>{"version":…,"models":{name:price or [price…]},"aliases":{name:name}}</c>. Whatever is not understood is refused, since a
/// misspelt field would make something free.
/// </summary>
public static class PriceDocumentParser
{
    private const int MaxModels = 10_000;
    private const int MaxChanges = 100;
    private const int MaxNameLength = 256;
    private const int MaxVersionLength = 64;

    /// <param name="problem">Completes the sentence "it …".</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out PriceDocument? prices, [NotNullWhen(false)] out string? problem)
    {
        prices = null;
        if (!JsonSetting.TryParseObject(text, out var json, out problem))
        {
            return false;
        }

        using (json)
        {
            var read = new PriceDocument { Version = "" };
            foreach (var field in json.RootElement.EnumerateObject())
            {
                problem = field.Name switch
                {
                    "version" => ReadVersion(field.Value, ref read),
                    "models" => ReadModels(field.Value, ref read),
                    "aliases" => ReadAliases(field.Value, ref read),
                    _ => $"has the field \"{field.Name}\"; it may have \"version\", \"models\" and \"aliases\"",
                };
                if (problem is not null)
                {
                    return false;
                }
            }

            foreach (var (alias, model) in read.Aliases)
            {
                if (!read.Models.ContainsKey(model))
                {
                    problem = $"has the alias \"{alias}\" of \"{model}\", which is not among its models";
                    return false;
                }
            }

            // Whoever edits the prices and not the version still gets records that tell them apart.
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.Trim())).AsSpan(0, 4));
            prices = read with { Version = read.Version.Length > 0 ? $"{read.Version}.{hash}" : hash };
            return true;
        }
    }

    private static string? ReadVersion(JsonElement value, ref PriceDocument read)
    {
        var version = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        if (version.Length is 0 or > MaxVersionLength || version.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('.' or '-' or '_')))
        {
            return $"must have a text of 1 to {MaxVersionLength} letters, digits, dots and dashes as \"version\"";
        }

        read = read with { Version = version };
        return null;
    }

    private static string? ReadModels(JsonElement value, ref PriceDocument read)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return "must have an object as \"models\"";
        }

        var models = ImmutableDictionary.CreateBuilder<string, ImmutableArray<ModelPrice>>(StringComparer.Ordinal);
        foreach (var model in value.EnumerateObject())
        {
            if (models.Count == MaxModels || !IsName(model.Name))
            {
                return $"may have {MaxModels} models, with names of 1 to {MaxNameLength} characters and a * at most at their end";
            }

            if (ReadPrices(model.Value, out var prices) is { } problem)
            {
                return $"has a price of \"{model.Name}\" that {problem}";
            }

            models[model.Name] = prices;
        }

        read = read with { Models = models.ToImmutable() };
        return null;
    }

    private static string? ReadAliases(JsonElement value, ref PriceDocument read)
    {
        if (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Any(alias => !IsName(alias.Name) || alias.Value.ValueKind != JsonValueKind.String))
        {
            return "must have an object of name to model name as \"aliases\"";
        }

        read = read with { Aliases = value.EnumerateObject().ToImmutableDictionary(alias => alias.Name, alias => alias.Value.GetString()!, StringComparer.Ordinal) };
        return read.Aliases.Count > MaxModels ? $"may have {MaxModels} aliases" : null;
    }

    private static string? ReadPrices(JsonElement value, out ImmutableArray<ModelPrice> prices)
    {
        prices = [];
        JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        if (items.Length is 0 or > MaxChanges)
        {
            return $"is a list of none or of more than {MaxChanges} prices";
        }

        var read = new List<ModelPrice>();
        foreach (var item in items)
        {
            if (PriceFields.Read(item, out var price) is { } problem)
            {
                return problem;
            }

            read.Add(price);
        }

        prices = [.. read.OrderBy(price => price.EffectiveFrom)];
        return read.Select(price => price.EffectiveFrom).Distinct().Count() == read.Count ? null : "has two prices from one moment on";
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLength && name.IndexOf('*', StringComparison.Ordinal) is var star && (star < 0 || (star == name.Length - 1 && star > 0));
}
