namespace Gateway.Grains.Network;

/// <summary>The host has only addresses that the <see cref="AddressPolicy"/> refuses.</summary>
public sealed class AddressRefusedException : IOException
{
    public AddressRefusedException()
    {
    }

    public AddressRefusedException(string message)
        : base(message)
    {
    }

    public AddressRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
