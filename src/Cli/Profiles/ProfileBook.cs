namespace Gateway.Cli.Profiles;

/// <summary>What the credential file holds.</summary>
public sealed record ProfileBook
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Name of the profile that is used when none is named.</summary>
    public string? Default { get; init; }

    public SortedDictionary<string, Profile> Profiles { get; init; } = new(StringComparer.Ordinal);

    /// <summary>This one and the given profile; the first one becomes the default.</summary>
    public ProfileBook With(string name, Profile profile) => this with
    {
        Default = Default ?? name,
        Profiles = new SortedDictionary<string, Profile>(Profiles, StringComparer.Ordinal) { [name] = profile },
    };
}
