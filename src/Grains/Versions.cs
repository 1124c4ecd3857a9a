namespace Gateway.Grains;

/// <summary>The rule that every version number of the system follows.</summary>
internal static class Versions
{
    /// <summary><c>max(previous + 1, unix ms)</c>: rises even when the clock goes back, and over lost state as long as it does not.</summary>
    public static long Next(long previous, DateTimeOffset now) => Math.Max(previous + 1, now.ToUnixTimeMilliseconds());
}
