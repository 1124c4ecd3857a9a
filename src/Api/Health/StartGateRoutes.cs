namespace Gateway.Api.Health;

public static class StartGateRoutes
{
    /// <summary>Requests that come while the node starts wait for what it has not loaded yet. Call it last: what was added before is asked after.</summary>
    public static TBuilder AwaitStart<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            if (endpoint.RequestDelegate is { } next)
            {
                endpoint.RequestDelegate = async context =>
                {
                    await context.RequestServices.GetRequiredService<StartGate>().WaitAsync(context.RequestAborted);
                    await next(context);
                };
            }
        });
        return builder;
    }
}
