namespace Orleans.Runtime.Activations;

/// <summary>With what else a request may share its activation while either awaits.</summary>
internal enum Interleaving
{
    Exclusive,
    ReadOnly,
    Always,
}
