using System.Text;
using Gateway.Fuzz.Cases;
using Gateway.Fuzz.Oracles;
using Gateway.Fuzz.World;
using Gateway.Testing.Fuzzing.Bodies;
using Gateway.Testing.Upstreams;

namespace Gateway.Fuzz;

public sealed class ArrivalOracleTests
{
    private const string Sent = """{"model":"plain-1","messages":[]}""";

    [Fact]
    public void The_callers_own_bytes_are_no_problem() => Judge(Sent, Sent).Should().BeNull();

    [Theory]
    [InlineData("""{"model":"plain-1","messages":[]} """, "differs")]
    [InlineData("""{"model":"plain-1","messages":[],"model":"forbidden"}""", "another model")]
    [InlineData("""{"model":"plain-1","Model":"forbidden","messages":[]}""", "another model")]
    [InlineData("""{"model":"forbidden","messages":[]}""", "another model")]
    [InlineData("""{"model":"plain-1","messages":[}""", "cannot read")]
    public void A_body_that_became_another_is(string arrived, string problem) => Judge(Sent, arrived).Should().Contain(problem);

    [Theory]
    [InlineData("""{"model":"plain-1","stream":true,"messages":[]}""", """{"stream_options":{"include_usage":true},"model":"plain-1","stream":true,"messages":[]}""")]
    [InlineData("""{"model":"plain-1","stream":true,"stream_options":null}""", """{"model":"plain-1","stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"model":"plain-1","stream":true,"stream_options":{"a":1}}""", """{"model":"plain-1","stream":true,"stream_options":{"include_usage":true,"a":1}}""")]
    [InlineData("""{"model":"plain-1","stream":true,"stream_options":{"include_usage":false}}""", """{"model":"plain-1","stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"model":"plain-1","stream":true,"stream_options":{"include_usage":true}}""", """{"model":"plain-1","stream":true,"stream_options":{"include_usage":true}}""")]
    public void Usage_is_asked_for_in_the_documented_way(string sent, string arrived) => Judge(sent, arrived).Should().BeNull();

    [Fact]
    public void What_had_to_be_refused_must_not_arrive() => Judge(Sent, Sent, expectation: Expectation.Refused).Should().Contain("had to be refused");

    [Theory]
    [InlineData("/e/forbidden/v1/chat/completions", "forbidden")]
    [InlineData("/e/plain-1/v1/embeddings", "arrived as")]
    [InlineData("/e/nobody/v1/chat/completions", "no entry")]
    [InlineData("/v1/chat/completions", "no entry")]
    public void Nothing_may_arrive_elsewhere(string path, string problem) => Judge(Sent, Sent, path).Should().Contain(problem);

    [Theory]
    [InlineData("Cookie", "a=b")]
    [InlineData("X-Api-Key", "gw-x")]
    [InlineData("Authorization", "Bearer gw-x")]
    public void Nothing_of_the_caller_may_come_with_it(string name, string value) => Judge(Sent, Sent, more: new(name, value)).Should().Contain("came with");

    private static string? Judge(string sent, string arrived, string path = "/e/plain-1/v1/chat/completions", Expectation expectation = Expectation.Accepted, KeyValuePair<string, string>? more = null)
    {
        List<KeyValuePair<string, string>> headers = [new("Authorization", "Bearer " + FuzzSecrets.ProviderKey), new("Accept-Encoding", "identity"), new("Content-Type", "application/json")];
        if (more is { } added)
        {
            headers.Add(added);
        }

        var subject = new FuzzCase { Id = "1", Family = CaseFamily.Body, Request = [], Expectation = expectation, Body = Encoding.UTF8.GetBytes(sent), Operation = FuzzOperation.Chat };
        return ArrivalOracle.Judge(subject, new ReceivedRequest("POST", path, headers, Encoding.UTF8.GetBytes(arrived)) { ClientClosed = Task.CompletedTask }, out _);
    }
}
