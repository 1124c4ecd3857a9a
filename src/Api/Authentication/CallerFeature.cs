namespace Gateway.Api.Authentication;

/// <summary>Keeps the caller of a request that was already authenticated.</summary>
public static class CallerFeature
{
    /// <summary>Null: nobody authenticated this request yet.</summary>
    public static Caller? GetCaller(this HttpContext context) => context.Features.Get<Caller>();

    public static void SetCaller(this HttpContext context, Caller caller) => context.Features.Set(caller);
}
