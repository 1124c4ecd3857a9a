using System.Net.Sockets;
using System.Text;

namespace Gateway.Runner;

/// <summary>Memory per stream that is open and nearly silent.</summary>
internal static class OpenStreamsSection
{
    public static async Task RunAsync(Stage stage)
    {
        var count = stage.Options.OpenStreams;
        if (count == 0)
        {
            return;
        }

        Console.WriteLine($"\nOpen slow streams: {count} (two file descriptors each in the gateway)");
        var key = (await File.ReadAllLinesAsync(stage.KeysFile))[0];
        var before = ProcessFigures.ResidentMegabytes(stage.Gateway.Process.Id);
        var clients = new List<TcpClient>(count);
        try
        {
            foreach (var batch in Enumerable.Range(0, count).Chunk(50))
            {
                clients.AddRange(await Task.WhenAll(batch.Select(_ => OpenAsync(new Uri(stage.Gateway.Origin), key))));
            }

            // Two rounds of slow chunks, so that the figure is that of streams at rest and not of their start.
            await Task.WhenAll(clients.Select(client => ReadChunksAsync(client, 3)));
            var after = ProcessFigures.ResidentMegabytes(stage.Gateway.Process.Id);
            Console.WriteLine($"  {before:0} MB before, {after:0} MB with them: {(after - before) * 1024 / count:0.0} KiB each");
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    private static async Task<TcpClient> OpenAsync(Uri origin, string key)
    {
        var client = new TcpClient();
        await client.ConnectAsync(origin.Host, origin.Port);
        const string body = """{"model":"slow","messages":[],"stream":true}""";
        var request = $"POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        return client;
    }

    private static async Task ReadChunksAsync(TcpClient client, int chunks)
    {
        var buffer = new byte[2048];
        var text = new StringBuilder();
        while (text.ToString().Split("data: ").Length <= chunks)
        {
            var read = await client.GetStream().ReadAsync(buffer);
            if (read == 0)
            {
                throw new InvalidOperationException($"A slow stream ended early: {text}");
            }

            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
    }
}
