namespace Orleans.Runtime.Activations;

/// <summary>Whose calls a silo takes.</summary>
internal enum Admission
{
    NotStarted,
    Open,
    Draining,
    Closed,
}
