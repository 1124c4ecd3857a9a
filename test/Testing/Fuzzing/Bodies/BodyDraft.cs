using System.Text;

namespace Gateway.Testing.Fuzzing.Bodies;

/// <summary>A request body as its fields, each the JSON text of a name and of a value, before it is written out.</summary>
public sealed class BodyDraft
{
    private static readonly string[] Spaces = ["", "", "", " ", "\n", "\r\n  ", "\t"];

    public List<(string Name, string Value)> Fields { get; } = [];

    public void Set(string name, string value)
    {
        Fields.RemoveAll(field => field.Name == $"\"{name}\"");
        Add($"\"{name}\"", value);
    }

    public void Remove(string name) => Fields.RemoveAll(field => field.Name == $"\"{name}\"");

    public bool Has(string name) => Fields.Exists(field => field.Name == $"\"{name}\"");

    public void Add(string nameJson, string value) => Fields.Add((nameJson, value));

    public void Rename(string name, string nameJson)
    {
        var at = Fields.FindIndex(field => field.Name == $"\"{name}\"");
        Fields[at] = (nameJson, Fields[at].Value);
    }

    public void Shuffle(FuzzRandom random)
    {
        for (var i = Fields.Count - 1; i > 0; i--)
        {
            var j = random.Below(i + 1);
            (Fields[i], Fields[j]) = (Fields[j], Fields[i]);
        }
    }

    /// <summary>Valid JSON as long as every field is, with white space wherever JSON allows it.</summary>
    public byte[] ToBytes(FuzzRandom random)
    {
        var loose = random.OneIn(4);
        string Space() => loose ? random.Pick<string>(Spaces) : "";
        var text = new StringBuilder(Space()).Append('{').Append(Space());
        for (var i = 0; i < Fields.Count; i++)
        {
            text.Append(i == 0 ? "" : ",").Append(Space()).Append(Fields[i].Name).Append(Space()).Append(':').Append(Space()).Append(Fields[i].Value).Append(Space());
        }

        return Encoding.UTF8.GetBytes(text.Append('}').ToString());
    }
}
