using System.Globalization;
using Gateway.Fuzz.World;

namespace Gateway.Fuzz.Cases;

/// <summary>Makes the case of a number; it depends on nothing else but the seed.</summary>
internal sealed class CaseFactory(long seed, FuzzCredentials credentials, FuzzSecrets secrets)
{
    private readonly InferenceDraft drafts = new(credentials, secrets);

    public static CaseFamily FamilyOf(FuzzRandom random) => random.Below(100) switch
    {
        < 30 => CaseFamily.Body,
        < 58 => CaseFamily.Answer,
        < 68 => CaseFamily.Credential,
        < 77 => CaseFamily.Header,
        < 84 => CaseFamily.Path,
        < 89 => CaseFamily.Broken,
        _ => CaseFamily.Manifest,
    };

    public FuzzRandom RandomOf(long number) => new(seed, number);

    /// <summary>For every family but the manifests.</summary>
    public FuzzCase Create(long number, FuzzRandom random, CaseFamily family)
    {
        var id = number.ToString(CultureInfo.InvariantCulture);
        return family switch
        {
            CaseFamily.Body => drafts.WithMutatedBody(random, id),
            CaseFamily.Answer => drafts.WithScript(random, id),
            CaseFamily.Credential => drafts.WithCredential(random, id),
            CaseFamily.Header => drafts.WithHeaders(random, id),
            CaseFamily.Path => PathCases.Create(random, id, credentials, drafts),
            CaseFamily.Broken => BrokenCases.Create(random, id, drafts),
            _ => throw new ArgumentOutOfRangeException(nameof(family)),
        };
    }
}
