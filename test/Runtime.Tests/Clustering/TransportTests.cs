using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Runtime.Tests.Grains;
using Gateway.Testing.Tls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Runtime.Transport;

namespace Gateway.Runtime.Tests.Clustering;

public sealed class TransportTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"m\":1}")]
    [InlineData("{\"m\":\"Gateway.Runtime.Tests.Grains.ICounterGrain/Add\",\"t\":\"counter\",\"k\":\"x\",\"a\":[\"text\"]}")]
    [InlineData("{\"m\":\"Gateway.Runtime.Tests.Grains.ICounterGrain/Add\",\"t\":\"\",\"k\":\"x\",\"a\":[1]}")]
    [InlineData("{\"m\":\"Gateway.Runtime.Tests.Grains.ICounterGrain/Add\",\"t\":\"counter\",\"k\":\"x\",\"f\":-1,\"a\":[1]}")]
    [InlineData("{\"m\":\"Gateway.Runtime.Tests.Grains.ICounterGrain/Add\",\"t\":\"counter\",\"k\":\"x\",\"a\":[1]} more")]
    [InlineData("{\"m\":\"Nobody/Knows\",\"t\":\"counter\",\"k\":\"x\",\"a\":[1]}")]
    public async Task a_malformed_call_is_refused_and_the_next_one_is_served(string message)
    {
        await using var cluster = await RedisCluster.StartAsync(1);
        using var http = new RawClient(cluster.Silos.Single());

        (await http.PostAsync("Call", Encoding.UTF8.GetBytes(message))).Should().Be(HttpStatusCode.BadRequest);

        (await http.PostAsync("Ping", [])).Should().Be(HttpStatusCode.OK, "on the same connection");
        (await CallsBetweenSilosTests.Counter(cluster.Silos.Single(), "x").Get()).Should().Be(0);
    }

    [Fact]
    public async Task random_bytes_and_mutated_calls_harm_nothing()
    {
        await using var cluster = await RedisCluster.StartAsync(1);
        using var http = new RawClient(cluster.Silos.Single());
        var random = new Random(20_26);
        var valid = Encoding.UTF8.GetBytes("{\"m\":\"Gateway.Runtime.Tests.Grains.ICounterGrain/Get\",\"t\":\"counter\",\"k\":\"x\",\"v\":1,\"d\":1000,\"f\":0,\"a\":[]}");

        foreach (var path in new[] { "Call", "Suspect", "Watch" })
        {
            for (var round = 0; round < 100; round++)
            {
                var bytes = random.Next(2) == 0 ? new byte[random.Next(200)] : (byte[])valid.Clone();
                for (var change = 0; change < bytes.Length && (bytes.Length != valid.Length || change < 3); change++)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                (await http.PostAsync(path, bytes)).Should().BeOneOf(HttpStatusCode.OK, HttpStatusCode.BadRequest);
            }
        }

        (await CallsBetweenSilosTests.Counter(cluster.Silos.Single(), "x").Add(1)).Should().Be(1);
        cluster.Logs.Lines.Should().NotContain(line => line.StartsWith("Error") || line.StartsWith("Critical"));
    }

    [Fact]
    public async Task bytes_that_are_no_http_close_their_own_connection_only()
    {
        await using var cluster = await RedisCluster.StartAsync(2);
        var endpoint = RedisCluster.AddressOf(cluster.Silos.First()).Endpoint;
        var random = new Random(7);
        for (var round = 0; round < 20; round++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(endpoint, Token);
            var bytes = new byte[random.Next(1, 4000)];
            random.NextBytes(bytes);
            await socket.GetStream().WriteAsync(bytes, Token);
            socket.Client.Shutdown(SocketShutdown.Send);
            var rest = new byte[4096];
            while (socket.Connected && await ReadOrClosedAsync(socket, rest) > 0)
            {
            }
        }

        var client = await cluster.AddClientAsync();
        await cluster.SettleAsync(2);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(key => CallsBetweenSilosTests.Counter(client, $"key{key}").Add(1)));
    }

    [Fact]
    public async Task too_large_a_message_is_refused_where_it_starts_and_where_it_arrives()
    {
        const int Max = 10_000;
        await using var cluster = new RedisCluster(await Gateway.Testing.Redis.RedisServer.StartAsync());
        var silo = await cluster.AddSiloAsync(configure: builder => builder.Configure<ClusterTransportOptions>(options => options.MaxMessageBytes = Max));
        await cluster.SettleAsync(1);
        var client = await cluster.AddClientAsync(configure: builder => builder.Configure<ClusterTransportOptions>(options => options.MaxMessageBytes = Max));
        await cluster.SettleAsync(1);
        using var http = new RawClient(silo);

        (await http.PostAsync("Call", new byte[Max + 1])).Should().Be(HttpStatusCode.RequestEntityTooLarge);
        cluster.Scripts.Set("large", _ => new string('x', Max));
        var scripted = client.Services.GetRequiredService<IGrainFactory>().GetGrain<IScriptedGrain>("one");
        await scripted.Awaiting(grain => grain.Run(new string('y', Max))).Should().ThrowAsync<OrleansMessageRejectionException>().WithMessage("*more than 10000*");
        await scripted.Awaiting(grain => grain.Run("large")).Should().ThrowAsync<OrleansException>().WithMessage("The result of *more than the 10000 of a message*");

        cluster.Scripts.Set("small", _ => "fits");
        (await scripted.Run("small")).Should().Be("fits");
    }

    [Fact]
    public async Task who_does_not_show_the_right_signature_or_cluster_is_refused_with_one_line()
    {
        await using var cluster = await RedisCluster.StartAsync(1);
        using var http = new RawClient(cluster.Silos.Single());

        for (var attempt = 0; attempt < 5; attempt++)
        {
            (await http.PostAsync("Ping", [], signature: new string('0', 64))).Should().Be(HttpStatusCode.Unauthorized);
        }

        (await http.PostAsync("Ping", [], signature: "")).Should().Be(HttpStatusCode.Unauthorized);
        (await http.PostAsync("Ping", [], cluster: "BuiltIn/1/other")).Should().Be(HttpStatusCode.MisdirectedRequest);
        (await http.PostAsync("Ping", [], cluster: "Orleans/1/test")).Should().Be(HttpStatusCode.MisdirectedRequest);
        cluster.Logs.Lines.Should().ContainSingle(line => line.Contains("has another cluster secret"));
    }

    [Fact]
    public async Task unknown_paths_and_messages_without_length_are_refused()
    {
        await using var cluster = await RedisCluster.StartAsync(1);
        using var http = new RawClient(cluster.Silos.Single());

        (await http.PostAsync("Nothing", [])).Should().Be(HttpStatusCode.NotFound);
        (await http.PostAsync("Call", null)).Should().Be(HttpStatusCode.LengthRequired);
        (await http.PostAsync("Suspect", "127.0.0.1:1@1"u8.ToArray())).Should().Be(HttpStatusCode.OK, "a silo that is no member is not dialled");
    }

    [Fact]
    public async Task with_certificates_only_holders_of_one_of_the_cluster_s_authority_get_in()
    {
        using var authority = new TestAuthority();
        using var stranger = new TestAuthority();
        await using var cluster = new RedisCluster(await Gateway.Testing.Redis.RedisServer.StartAsync());
        for (var silo = 0; silo < 2; silo++)
        {
            await cluster.AddSiloAsync(configure: builder => builder.Configure<ClusterTransportOptions>(options => Certify(options, authority, authority)));
        }

        await cluster.SettleAsync(2);
        var client = await cluster.AddClientAsync(configure: builder => builder.Configure<ClusterTransportOptions>(options => Certify(options, authority, authority)));
        await cluster.SettleAsync(2);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(key => CallsBetweenSilosTests.Counter(client, $"key{key}").Add(1)));

        var intruder = await cluster.AddClientAsync(configure: builder => builder
            .Configure<ClusterTransportOptions>(options => Certify(options, stranger, authority))
            .Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(1)));
        await cluster.SettleAsync(2, intruder);
        await CallsBetweenSilosTests.Counter(intruder, "key1").Awaiting(counter => counter.Add(1)).Should().ThrowAsync<Exception>();
        (await CallsBetweenSilosTests.Counter(client, "key1").Get()).Should().Be(1);
    }

    [Fact]
    public async Task certificates_of_different_authorities_below_the_cluster_s_one_lead_to_it()
    {
        using var authority = new TestAuthority();
        using var first = new TestAuthority(authority);
        using var second = new TestAuthority(authority);
        await using var cluster = new RedisCluster(await Gateway.Testing.Redis.RedisServer.StartAsync());
        await cluster.AddSiloAsync(configure: builder => builder.Configure<ClusterTransportOptions>(options => Certify(options, first, authority)));
        await cluster.AddSiloAsync(configure: builder => builder.Configure<ClusterTransportOptions>(options => Certify(options, second, authority)));
        await cluster.SettleAsync(2);
        var client = await cluster.AddClientAsync(configure: builder => builder.Configure<ClusterTransportOptions>(options => Certify(options, second, authority)));
        await cluster.SettleAsync(2);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(key => CallsBetweenSilosTests.Counter(client, $"key{key}").Add(1)));
    }

    [Fact]
    public void each_connection_shows_the_certificate_in_force_with_those_that_lead_to_the_authority()
    {
        using var authority = new TestAuthority();
        using var between = new TestAuthority(authority);
        var options = new ClusterTransportOptions();
        foreach (var own in (TestAuthority[])[authority, between, between])
        {
            Certify(options, own, authority);

            var shown = ClusterCertificates.ForClient(options, "10.0.0.1").ClientCertificateContext!;

            shown.TargetCertificate.Thumbprint.Should().Be(options.Certificate!.Thumbprint);
            shown.IntermediateCertificates.Select(certificate => certificate.Thumbprint).Should().Equal(own.Between().Select(certificate => certificate.Thumbprint));
        }
    }

    private static void Certify(ClusterTransportOptions options, TestAuthority own, TestAuthority trusted)
    {
        options.Certificate = own.Peer("silo");
        options.Intermediates = own.Between();
        options.TrustedAuthorities.ImportFromPemFile(trusted.File);
    }

    private static async Task<int> ReadOrClosedAsync(TcpClient socket, byte[] buffer)
    {
        try
        {
            return await socket.GetStream().ReadAsync(buffer, Token);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Speaks to a silo as another process would, but says what a test wants.</summary>
    private sealed class RawClient(IHost silo) : IDisposable
    {
        private readonly HttpClient _http = new();
        private readonly CallCredentials _credentials = silo.Services.GetRequiredService<CallCredentials>();
        private readonly IPEndPoint _endpoint = RedisCluster.AddressOf(silo).Endpoint;

        public async Task<HttpStatusCode> PostAsync(string path, byte[]? body, string? cluster = null, string? signature = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{_endpoint}/{path}")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = body is null ? new StreamContent(new LengthlessStream()) : new ByteArrayContent(body),
            };
            request.Headers.TryAddWithoutValidation(CallCredentials.ClusterHeader, cluster ?? _credentials.Cluster);
            request.Headers.TryAddWithoutValidation(CallCredentials.SignatureHeader, signature ?? _credentials.SignatureFor(_endpoint));
            using var response = await _http.SendAsync(request, Token);
            return response.StatusCode;
        }

        public void Dispose() => _http.Dispose();
    }

    private sealed class LengthlessStream() : MemoryStream([1, 2, 3])
    {
        public override bool CanSeek => false;
    }
}
