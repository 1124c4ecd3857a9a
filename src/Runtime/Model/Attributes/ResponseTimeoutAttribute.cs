namespace Orleans;

/// <summary>How long a caller waits for this method: a <see cref="TimeSpan"/> as text, such as <c>00:00:05</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ResponseTimeoutAttribute(string timeout) : Attribute
{
    public TimeSpan? Timeout { get; init; } = TimeSpan.Parse(timeout, CultureInfo.InvariantCulture);
}
