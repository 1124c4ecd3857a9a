namespace Orleans;

/// <summary>Why an activation ends.</summary>
public readonly record struct DeactivationReason
{
    public DeactivationReason(DeactivationReasonCode code, string text)
        : this(code, null, text)
    {
    }

    public DeactivationReason(DeactivationReasonCode code, Exception? exception, string text)
    {
        ReasonCode = code;
        Exception = exception;
        Description = text;
    }

    public string Description { get; }

    public DeactivationReasonCode ReasonCode { get; }

    public Exception? Exception { get; }

    public override string ToString() => Exception is null ? $"{ReasonCode}: {Description}" : $"{ReasonCode}: {Description} Exception: {Exception}";
}
