namespace Gateway.Silo.Settings.Prices;

/// <summary>What the operator says about prices.</summary>
public sealed class PriceOptions
{
    private volatile PriceDocument _document = PriceDocument.Empty;

    /// <summary><c>GATEWAY_PRICES</c>: wins over the table that comes with the gateway; replaced as a whole when the watched file changes.</summary>
    public PriceDocument Document
    {
        get => _document;
        set => _document = value;
    }

    /// <summary><c>GATEWAY_UNKNOWN_PRICE</c>. Default: zero.</summary>
    public UnknownPricePolicy UnknownPrice { get; set; } = UnknownPricePolicy.Zero;
}

/// <summary>What happens to a request for a model without a price.</summary>
public enum UnknownPricePolicy
{
    /// <summary>It costs nothing; a warning names the model once.</summary>
    Zero,

    /// <summary>It is refused.</summary>
    Deny,
}
