namespace Gateway.Grains.Tests.Limits.Support;

internal static class Completed
{
    /// <summary>The answer of a call that has been answered; in simulated time nothing is ever waited for.</summary>
    public static T Answered<T>(this Task<T>? task)
    {
        if (task is not { IsCompleted: true })
        {
            throw new InvalidOperationException("The call is not answered.");
        }

#pragma warning disable VSTHRD002 // It is completed.
        return task.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }
}
