using Microsoft.Extensions.Logging;

namespace Gateway.Grains.Manifests;

/// <summary>Every line holds the word <c>metis</c>, so that one search finds all that concerns the manifest.</summary>
internal static partial class ManifestLog
{
    [LoggerMessage(100, LogLevel.Information, "metis: manifest version {Version}: {Live} of {Entries} entries are Live, {Rejected} rejected.")]
    public static partial void InForce(this ILogger logger, long version, int live, int entries, int rejected);

    [LoggerMessage(101, LogLevel.Information, "metis: entry {Entry} added ({Status}, {Models} models, {Origin}).")]
    public static partial void Added(this ILogger logger, string entry, string status, int models, string origin);

    [LoggerMessage(102, LogLevel.Information, "metis: entry {Entry} removed.")]
    public static partial void Removed(this ILogger logger, string entry);

    [LoggerMessage(103, LogLevel.Information, "metis: entry {Entry} changed.")]
    public static partial void Changed(this ILogger logger, string entry);

    [LoggerMessage(104, LogLevel.Information, "metis: entry {Entry} went from {Before} to {After}.")]
    public static partial void StatusChanged(this ILogger logger, string entry, string before, string after);

    [LoggerMessage(105, LogLevel.Warning, "metis: entry {Entry} of manifest {Source} is rejected ({Reason}). {Detail}")]
    public static partial void Rejected(this ILogger logger, string entry, string source, string reason, string detail);

    [LoggerMessage(106, LogLevel.Warning, "metis: reading {Source} from {Location} failed. {Error} {Consequence}")]
    public static partial void SourceFailed(this ILogger logger, string source, string location, string error, string consequence);

    [LoggerMessage(107, LogLevel.Information, "metis: {Source} from {Location} is read again.")]
    public static partial void SourceRecovered(this ILogger logger, string source, string location);

    [LoggerMessage(108, LogLevel.Debug, "metis: manifest {Source} has fields that the gateway does not know and ignores: {Fields}.")]
    public static partial void UnknownFields(this ILogger logger, string source, string fields);

    [LoggerMessage(109, LogLevel.Warning, "metis: manifest {Source} has fields that the gateway does not know and ignores: {Fields}.")]
    public static partial void MisspeltFields(this ILogger logger, string source, string fields);

    [LoggerMessage(110, LogLevel.Warning, "metis: {Problem} The manifest in memory goes on serving; it is stored as soon as the storage answers.")]
    public static partial void StoringFailed(this ILogger logger, string problem);

    [LoggerMessage(111, LogLevel.Information, "metis: the manifest is stored again.")]
    public static partial void StoringRecovered(this ILogger logger);

    [LoggerMessage(112, LogLevel.Warning, "metis: the overlay names {Entries}, which no manifest has.")]
    public static partial void OverlayWithoutEntry(this ILogger logger, string entries);

    [LoggerMessage(113, LogLevel.Error, "metis: looking at manifest {Source} failed unexpectedly.")]
    public static partial void LookFailed(this ILogger logger, string source, Exception problem);

    [LoggerMessage(114, LogLevel.Information, "metis: override of entry {Entry} is {Mode} (by {Actor}).")]
    public static partial void OverrideSet(this ILogger logger, string entry, string mode, string actor);

    [LoggerMessage(115, LogLevel.Information, "metis: the key of {EndpointId} may go to {Origin} now.")]
    public static partial void OriginApproved(this ILogger logger, string endpointId, string origin);

    [LoggerMessage(116, LogLevel.Warning, "metis: the circuit of entry {Entry} is {State} ({Cause}) until {Until:O}.")]
    public static partial void CircuitOpened(this ILogger logger, string entry, string state, string cause, DateTimeOffset? until);

    [LoggerMessage(117, LogLevel.Information, "metis: the circuit of entry {Entry} is closed.")]
    public static partial void CircuitClosed(this ILogger logger, string entry);

    [LoggerMessage(118, LogLevel.Warning, "metis: the provider refuses the key of entry {Entry}; it is not used until the key changes. Check METIS_API_TOKENS.")]
    public static partial void KeyEjected(this ILogger logger, string entry);

    [LoggerMessage(119, LogLevel.Information, "metis: entry {Entry} cools until {Until:O} ({Cause}).")]
    public static partial void Cooling(this ILogger logger, string entry, string cause, DateTimeOffset? until);

    [LoggerMessage(120, LogLevel.Warning, "metis: the verdict on entry {Entry} could not be published ({Problem}); it is tried again.")]
    public static partial void PublishingFailed(this ILogger logger, string entry, string problem);

    [LoggerMessage(121, LogLevel.Information, "metis: the probe of entry {Entry} failed ({Cause}).")]
    public static partial void ProbeFailed(this ILogger logger, string entry, string cause);

    [LoggerMessage(122, LogLevel.Error, "metis: the manifest could not be put together; what is in force stays so, and it is tried again.")]
    public static partial void AssemblingFailed(this ILogger logger, Exception problem);
}
