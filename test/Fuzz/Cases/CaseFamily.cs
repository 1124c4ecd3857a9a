namespace Gateway.Fuzz.Cases;

/// <summary>What a case is about; all but the last are requests over a socket.</summary>
internal enum CaseFamily
{
    Body,
    Answer,
    Credential,
    Header,
    Path,
    Broken,
    Manifest,
}
