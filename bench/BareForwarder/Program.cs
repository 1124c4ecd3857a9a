using System.Net;
using Microsoft.AspNetCore.Http.Features;

// The floor to compare with: Kestrel and HttpMessageInvoker, headers and bodies both ways, and nothing of what a gateway is for.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
var upstream = new Uri(builder.Configuration["upstream"] ?? throw new InvalidOperationException("--upstream is missing"));
var app = builder.Build();
using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
{
    AllowAutoRedirect = false,
    AutomaticDecompression = DecompressionMethods.None,
    UseCookies = false,
    UseProxy = false,
});

app.Run(async context =>
{
    using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(upstream, context.Request.Path.Value))
    {
        Content = new StreamContent(context.Request.Body),
    };
    foreach (var (name, values) in context.Request.Headers)
    {
        if (name is not ("Host" or "Connection") && !request.Headers.TryAddWithoutValidation(name, values.ToArray()))
        {
            request.Content.Headers.TryAddWithoutValidation(name, values.ToArray());
        }
    }

    using var answer = await invoker.SendAsync(request, context.RequestAborted);
    context.Response.StatusCode = (int)answer.StatusCode;
    foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
    {
        if (name is not ("Transfer-Encoding" or "Connection"))
        {
            context.Response.Headers[name] = values.ToArray();
        }
    }

    context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    await using var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
    var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(16 * 1024);
    try
    {
        int read;
        while ((read = await body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
    finally
    {
        System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
    }
});
await app.RunAsync();
