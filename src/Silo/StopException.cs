namespace Gateway.Silo;

/// <summary>The process had served, and something failed while it stopped.</summary>
public sealed class StopException(Exception cause) : Exception($"The stop failed: {cause.GetBaseException().Message.Split('\n')[0].Trim()}", cause);
