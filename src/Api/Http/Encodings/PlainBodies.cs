using Gateway.Api.Errors;

namespace Gateway.Api.Http.Encodings;

/// <summary>Routes other than inference take plain bodies: theirs are too small for anything else to be worth its risk.</summary>
public static class PlainBodies
{
    public static IApplicationBuilder UsePlainBodies(this IApplicationBuilder app) => app.Use((context, next) =>
        !ContentCodings.TryParse(context.Request.Headers.ContentEncoding, out var codings) || !codings.IsPlain
            ? ErrorWriter.WriteAsync(context, RequestErrors.NotPlain())
            : next(context));
}
