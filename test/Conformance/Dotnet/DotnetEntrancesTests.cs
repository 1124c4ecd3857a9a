using System.Text;
using OpenAI;

namespace Gateway.Conformance.Dotnet;

/// <summary>The package behind <c>infra/nginx</c> over HTTP/1.1, and over TLS with HTTP/2.</summary>
public sealed class DotnetEntrancesTests(TlsGateway shared) : IClassFixture<TlsGateway>
{
    public static TheoryData<StreamCut, string> Cuts()
    {
        var data = new TheoryData<StreamCut, string>();
        foreach (var cut in Enum.GetValues<StreamCut>())
        {
            data.Add(cut, "nginx");
            data.Add(cut, "TLS, HTTP/2");
        }

        return data;
    }

    [Theory, MemberData(nameof(Cuts))]
    public async Task A_cut_stream_raises(StreamCut cut, string entrance)
    {
        await using var upstream = ScriptedUpstream.Start(StreamReplies.Cut(cut));
        var model = await shared.PublishInOrderAsync(upstream.Url);
        await using var door = await OpenAsync(entrance);
        var text = new StringBuilder();

        var reading = () => ReadAsync(door.Client, model, text);

        await reading.Should().ThrowAsync<Exception>("the loop must not end as if all were well");

        // On HTTP/2 a reset makes the client drop what it has not read yet.
        StreamReplies.TextBeforeCut.Should().StartWith(text.ToString());
        upstream.Requests.Should().HaveCount(1);
    }

    [Theory, InlineData("nginx"), InlineData("TLS, HTTP/2")]
    public async Task A_whole_stream_arrives_whole(string entrance)
    {
        await using var door = await OpenAsync(entrance);

        var text = new StringBuilder();
        await ReadAsync(door.Client, "baseline", text);
        text.ToString().Should().Be("Hello!");
    }

    private static async Task ReadAsync(OpenAIClient client, string model, StringBuilder text)
    {
        await foreach (var update in client.GetChatClient(model).CompleteChatStreamingAsync("hi"))
        {
            text.AppendJoin("", update.ContentUpdate.Select(part => part.Text));
        }
    }

    private async Task<Door> OpenAsync(string entrance)
    {
        var key = await shared.Gateway.CallerKeyAsync();
        if (entrance == "nginx")
        {
            var nginx = await NginxProcess.StartAsync(new Uri(shared.Gateway.Origin).Authority);
            return new Door(DotnetClient.At(nginx.Origin, key), nginx);
        }

        // The package asks for HTTP/1.1; the version is raised here and no lower one is taken.
        var secure = new HttpClient(new VersionTwo(shared.Handler()));
        return new Door(DotnetClient.At(shared.Gateway.SecureOrigin, key, secure), new Closing(secure));
    }

    private sealed record Door(OpenAIClient Client, IAsyncDisposable Closed) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Closed.DisposeAsync();
    }

    private sealed class Closing(HttpClient client) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            client.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class VersionTwo(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
