using System.Net.Http.Headers;
using System.Text;

namespace Gateway.Process.Entrances;

/// <summary>nginx in front of scripted front-ends, which tell what it sent to whom.</summary>
public sealed class NginxBalancingTests
{
    [Fact]
    public async Task A_post_that_may_have_been_worked_on_is_never_sent_again()
    {
        await using var breaking = ScriptedUpstream.Start(Replies.Close());
        await using var working = ScriptedUpstream.Start();
        await using var nginx = await NginxAsync(breaking.Port, working.Port);
        using var client = Client(nginx);

        var answers = new List<HttpStatusCode>();
        for (var call = 0; call < 30; call++)
        {
            using var answer = await client.SendAsync(Post($"caller-{call}", $"call-{call}"));
            answers.Add(answer.StatusCode);
        }

        breaking.Requests.Should().NotBeEmpty("some callers belong to it");
        breaking.Requests.Concat(working.Requests).Select(request => request.Model).Should().OnlyHaveUniqueItems().And.HaveCount(30);
        answers.Count(status => status == HttpStatusCode.BadGateway).Should().Be(breaking.Requests.Count);
        answers.Count(status => status == HttpStatusCode.OK).Should().Be(working.Requests.Count);
    }

    [Fact]
    public async Task A_front_end_that_cannot_be_reached_costs_no_request()
    {
        await using var working = ScriptedUpstream.Start();
        await using var nginx = await NginxAsync(FreePort.Next(), working.Port);
        using var client = Client(nginx);

        for (var call = 0; call < 30; call++)
        {
            using var answer = await client.SendAsync(Post($"caller-{call}", $"call-{call}"));
            answer.StatusCode.Should().Be(HttpStatusCode.OK);
        }

        working.Requests.Select(request => request.Model).Should().OnlyHaveUniqueItems().And.HaveCount(30);
        nginx.Output.Should().Contain("Connection refused", "the other one was tried");
    }

    [Theory, InlineData("Authorization", "Bearer "), InlineData("x-api-key", ""), InlineData("api-key", "")]
    public async Task A_caller_stays_with_one_front_end_and_callers_are_spread(string header, string scheme)
    {
        await using var first = ScriptedUpstream.Start();
        await using var second = ScriptedUpstream.Start();
        await using var nginx = await NginxAsync(first.Port, second.Port);
        using var client = Client(nginx);

        for (var call = 0; call < 60; call++)
        {
            using var request = Post(null, "m");
            request.Headers.TryAddWithoutValidation(header, $"{scheme}caller-{call % 20}");
            (await client.SendAsync(request)).Dispose();
        }

        var callersOfFirst = first.Requests.Select(request => request[header]!).ToHashSet();
        var callersOfSecond = second.Requests.Select(request => request[header]!).ToHashSet();
        callersOfFirst.Should().NotBeEmpty().And.NotIntersectWith(callersOfSecond);
        callersOfSecond.Should().NotBeEmpty();
        first.Requests.Concat(second.Requests).Should().HaveCount(60);
    }

    [Fact]
    public async Task Connections_to_a_front_end_are_kept_and_the_caller_cannot_forge_where_it_comes_from()
    {
        await using var frontend = ScriptedUpstream.Start();
        await using var nginx = await NginxAsync(frontend.Port);
        using var client = Client(nginx);
        for (var call = 0; call < 5; call++)
        {
            using var request = Post("caller", "m");
            request.Headers.Add("X-Forwarded-For", "203.0.113.7");
            request.Headers.Add("Forwarded", "for=203.0.113.7");
            request.Headers.Add("Connection", "keep-alive");
            (await client.SendAsync(request)).Dispose();
        }

        frontend.Requests.Select(request => request.Connection).Distinct().Count().Should().BeLessThanOrEqualTo(2, "each worker keeps its own");
        frontend.Requests.Should().AllSatisfy(request =>
        {
            request["X-Forwarded-For"].Should().Be("127.0.0.1");
            request["X-Forwarded-Proto"].Should().Be("http");
            request["Forwarded"].Should().BeNull();
            request["Connection"].Should().BeNull();
            request["Host"].Should().Be(new Uri(nginx.Origin).Authority);
        });
    }

    [Fact]
    public async Task With_no_front_end_left_the_answer_is_one_that_clients_understand()
    {
        await using var nginx = await NginxAsync(FreePort.Next());
        using var client = Client(nginx);

        using var answer = await client.SendAsync(Post("caller", "m"));

        answer.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        answer.Header("Retry-After").Should().Be("1");
        JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!["code"]!.GetValue<string>().Should().Be("bad_gateway");
    }

    private static Task<NginxProcess> NginxAsync(params int[] ports) => NginxProcess.StartAsync([.. ports.Select(port => $"127.0.0.1:{port}")]);

    private static HttpClient Client(NginxProcess nginx) =>
        new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(nginx.Origin), Timeout = Eventually.DefaultBound };

    private static HttpRequestMessage Post(string? caller, string model)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Callers.ChatBody(model), Encoding.UTF8, "application/json") };
        request.Headers.Authorization = caller is null ? null : new AuthenticationHeaderValue("Bearer", caller);
        return request;
    }
}
