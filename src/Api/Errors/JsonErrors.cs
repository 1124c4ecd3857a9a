using Gateway.Api.Forwarding;

namespace Gateway.Api.Errors;

/// <summary>Gives every failure that no handler answered itself the one error shape.</summary>
public static class JsonErrors
{
    /// <summary>For all but inference, which has its own net; place it before endpoint routing.</summary>
    public static IApplicationBuilder UseJsonErrors(this IApplicationBuilder app)
    {
        var log = app.ApplicationServices.GetRequiredService<RequestLog>();
        return app.Use(next => context => RunAsync(next, context, log));
    }

    private static async Task RunAsync(RequestDelegate next, HttpContext context, RequestLog log)
    {
        try
        {
            await next(context);
            if (BareStatus(context) is { } error)
            {
                await ErrorWriter.WriteAsync(context, error);
            }
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to be told.
        }
        catch (BadHttpRequestException refused)
        {
            await ErrorWriter.WriteAsync(context, RequestErrors.FromServer(refused.StatusCode));
        }
        catch (Exception exception)
        {
            log.Crashed(context, exception);
            await ErrorWriter.WriteAsync(context, GatewayErrors.Internal());
        }
    }

    /// <summary>An error status without a body, as the framework leaves it; null: the answer is whole.</summary>
    private static GatewayError? BareStatus(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted || response.StatusCode < 400 || response.ContentLength > 0 || response.ContentType is not null)
        {
            return null;
        }

        return response.StatusCode switch
        {
            StatusCodes.Status404NotFound => GatewayErrors.UnknownRoute(context.Request.Method, context.Request.Path),
            StatusCodes.Status405MethodNotAllowed => RequestErrors.MethodNotAllowed(response.Headers.Allow.ToString()),
            StatusCodes.Status415UnsupportedMediaType => RequestErrors.NotJson(),
            >= 500 => GatewayErrors.Internal() with { Status = response.StatusCode },
            var status => RequestErrors.FromServer(status),
        };
    }
}
