using System.Text;
using Tomlyn;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Gateway.Cli.Agents;

/// <summary>A TOML file of somebody else. Only the places that change are written anew: comments and order stay.</summary>
internal sealed class TomlFile
{
    private readonly string _newLine;

    /// <exception cref="FormatException">It is no TOML.</exception>
    public TomlFile(string text)
    {
        Text = text;
        _newLine = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        Check();
    }

    public string Text { get; private set; }

    /// <summary>A basic string.</summary>
    public static string Quote(string value)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in value)
        {
            quoted.Append(character switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                < ' ' or (char)127 => $"\\u{(int)character:x4}",
                _ => character.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>A key of the root.</summary>
    public bool Has(string key) => FindKey(key) is not null;

    /// <summary>Sets a key of the root to a text.</summary>
    public void Set(string key, string value)
    {
        if (FindKey(key) is { Value: { } present })
        {
            Replace(present.Span.Start.Offset, present.Span.End.Offset + 1, Quote(value));
        }
        else
        {
            Replace(0, 0, $"{key} = {Quote(value)}{_newLine}");
        }
    }

    /// <summary>Removes the table of that name and those below it.</summary>
    /// <exception cref="FormatException">Something of it is written in another way: by dotted keys, or within another table.</exception>
    public void RemoveTables(params string[] name)
    {
        var document = Parse();
        var elsewhere = document.KeyValues.Select(pair => NameOf(pair.Key!))
            .Concat(document.Tables.SelectMany(table => table.Items.Select(pair => NameOf(table.Name!).Concat(NameOf(pair.Key!)).ToList()).Where(_ => !IsWithin(NameOf(table.Name!), name))));
        if (elsewhere.Any(path => IsWithin(path, name)))
        {
            throw new FormatException($"it sets '{string.Join('.', name)}' outside of a table of its own");
        }

        while (Parse().Tables.FirstOrDefault(table => IsWithin(NameOf(table.Name!), name)) is { } table)
        {
            var last = table.Items.ChildrenCount > 0 ? table.Items.GetChild(table.Items.ChildrenCount - 1)!.Span.End.Offset : table.CloseBracket!.Span.End.Offset;
            var end = Text.IndexOf('\n', Math.Min(last, Text.Length - 1));
            Replace(table.OpenBracket!.Span.Start.Offset, end < 0 ? Text.Length : end + 1, "");
        }

        Text = Text.TrimEnd() is { Length: > 0 } left ? left + _newLine : "";
    }

    /// <summary>Adds tables at the end.</summary>
    /// <exception cref="FormatException">They do not go together with what is there.</exception>
    public void Append(string tables)
    {
        Text += (Text.Length == 0 ? "" : _newLine) + tables.ReplaceLineEndings(_newLine) + _newLine;
        Check();
    }

    private void Replace(int start, int end, string text) => Text = Text[..start] + text + Text[end..];

    private KeyValueSyntax? FindKey(string key) => Parse().KeyValues.FirstOrDefault(pair => NameOf(pair.Key!) is [var only] && only == key);

    private DocumentSyntax Parse() => SyntaxParser.ParseStrict(Text);

    private void Check()
    {
        try
        {
            TomlSerializer.Deserialize<Tomlyn.Model.TomlTable>(Text);
        }
        catch (TomlException)
        {
            throw new FormatException("it is not valid TOML");
        }
    }

    private static bool IsWithin(List<string> path, string[] name) => path.Take(name.Length).SequenceEqual(name);

    private static List<string> NameOf(KeySyntax key) => [Part(key.Key!), .. key.DotKeys.Select(dotted => Part(dotted.Key!))];

    private static string Part(BareKeyOrStringValueSyntax part) => part switch
    {
        BareKeySyntax bare => bare.Key!.Text!,
        StringValueSyntax quoted => quoted.Value!,
        _ => "",
    };
}
