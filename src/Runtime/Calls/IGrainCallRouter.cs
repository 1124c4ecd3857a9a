namespace Orleans.Runtime.Calls;

/// <summary>Finds who owns the grain of a call and brings the call there. Reports failure through the call, never by an exception.</summary>
internal interface IGrainCallRouter
{
    void Send(GrainCall call);
}
