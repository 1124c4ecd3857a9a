namespace Orleans;

/// <summary>The identity behind a grain or a reference to one.</summary>
public static class GrainExtensions
{
    public static GrainId GetGrainId(this IAddressable grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        return grain switch
        {
            GrainReferenceProxy reference => reference.GrainId,
            IGrainBase instance => instance.GrainContext.GrainId,
            _ => throw new ArgumentException($"{grain.GetType()} is neither a grain nor a reference to one.", nameof(grain)),
        };
    }

    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key.ToString();

    public static long GetPrimaryKeyLong(this IAddressable grain)
    {
        var key = grain.GetPrimaryKeyString();
        return long.TryParse(key, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidOperationException($"The key '{key}' is not a whole number.");
    }
}
