using System.Text;
using Gateway.Fuzz.Calls;
using Gateway.Fuzz.Cases;
using Gateway.Fuzz.Oracles;
using Gateway.Fuzz.World;
using Gateway.Testing.Fuzzing.Bodies;
using Gateway.Testing.Fuzzing.Upstreams;

namespace Gateway.Fuzz;

public sealed class AnswerOracleTests
{
    private const string Id = "01890a5d-ac96-774b-bcce-b302099a8057";
    private const string Whole = "data: {\"choices\":[]}\n\ndata: [DONE]\n\n";
    private const string Part = "data: {\"choices\":[]}\n\n";
    private const string ErrorEvent = "data: {\"error\":{\"code\":\"stream_cut\"}}\n\n";
    private const string Error = """{"error":{"code":"upstream_error"}}""";

    private static readonly FuzzSecrets Secrets = new("admin-key", "127.0.0.1:9");

    [Fact]
    public void What_has_to_be_is_no_problem()
    {
        Problem(Script(ScriptKind.Whole, Whole), 200, Whole).Should().BeNull();
        Problem(Script(ScriptKind.Cut, Part), 200, Part + ErrorEvent, whole: false).Should().BeNull();
        Problem(Script(ScriptKind.Cut, Part), 200, Part[..^9] + "\n\n" + ErrorEvent, whole: false).Should().BeNull();
        Problem(Script(ScriptKind.Fails, "x", 500), 500, Error).Should().BeNull();
        Problem(Script(ScriptKind.Fails, "x", 500), 502, Error).Should().BeNull();
        Problem(Script(ScriptKind.Rejects, "<x>", 404), 404, "<x>").Should().BeNull();
        Problem(null, 400, Error, expectation: Expectation.Refused).Should().BeNull();
    }

    [Fact]
    public void A_cut_stream_must_not_look_whole()
    {
        Problem(Script(ScriptKind.Cut, Part), 200, Part).Should().Contain("looks whole");
        Problem(Script(ScriptKind.Cut, Part), 200, Part + ErrorEvent).Should().Contain("looks whole");
        Problem(Script(ScriptKind.Cut, Part), 200, Whole, whole: false).Should().Contain("no beginning");
        Problem(Script(ScriptKind.Unknown, Part), 200, Part).Should().Contain("sign of completeness");
        Problem(Script(ScriptKind.Cut, Whole) with { LastShown = Part.Length }, 200, Whole, whole: false).Should().Contain("no beginning");
    }

    [Fact]
    public void An_answer_must_be_the_upstreams()
    {
        Problem(Script(ScriptKind.Whole, Whole), 200, Part).Should().Contain("differs");
        Problem(Script(ScriptKind.Whole, Whole), 200, Part, whole: false).Should().Contain("is cut");
        Problem(Script(ScriptKind.Whole, Whole), 502, Error).Should().Contain("answered well");
        Problem(Script(ScriptKind.Fails, "x", 500), 200, Whole).Should().Contain("The upstream failed");
        Problem(Script(ScriptKind.Rejects, "<x>", 404), 400, Error).Should().Contain("became 400");
        Problem(Script(ScriptKind.Fails, "<x>", 500), 500, "<x>").Should().Contain("no JSON");
    }

    [Fact]
    public void The_gateway_must_not_fail_by_itself_or_refuse_what_is_good()
    {
        Problem(null, 500, Error, expectation: Expectation.Refused).Should().Contain("no upstream failed");
        Problem(null, 400, Error).Should().Contain("had to reach an upstream");
        Problem(null, 400, "{", expectation: Expectation.Refused).Should().Contain("called JSON");
        Problem(Script(ScriptKind.Fails, "x", 500), 500, """{"error":{"code":"internal_error"}}""").Should().Contain("internal_error");
        AnswerOracle.Judge(Watch(null, Expectation.Accepted), null, Secrets).Problem.Should().Contain("without an answer");
    }

    [Theory]
    [InlineData(FuzzSecrets.ProviderKey)]
    [InlineData("admin-key")]
    [InlineData("127.0.0.1:9")]
    public void No_answer_may_hold_a_secret(string secret) =>
        Problem(Script(ScriptKind.Rejects, secret, 404), 404, secret).Should().Contain("holds");

    [Fact]
    public void A_usage_chunk_that_nobody_asked_for_must_be_hidden()
    {
        var script = Script(ScriptKind.Whole, "data: {\"usage\":{}}\n\n" + Whole) with { PayloadWithoutUsage = Encoding.UTF8.GetBytes(Whole) };

        Problem(script, 200, Whole, askedForUsage: true).Should().BeNull();
        Problem(script, 200, Whole).Should().Contain("differs");
        Problem(script, 200, Encoding.UTF8.GetString(script.Payload), askedForUsage: true).Should().Contain("differs");
    }

    private static string? Problem(UpstreamScript? script, int status, string body, bool whole = true, Expectation expectation = Expectation.Accepted, bool askedForUsage = false)
    {
        var type = body.StartsWith("data:", StringComparison.Ordinal) ? "text/event-stream" : "application/json";
        KeyValuePair<string, string>[] headers = [new("Content-Type", type), new("x-gateway-request-id", Id), new("x-request-id", Id)];
        return AnswerOracle.Judge(Watch(script, expectation, askedForUsage), new HttpAnswer(status, headers, [], Encoding.UTF8.GetBytes(body), whole), Secrets).Problem;
    }

    private static CaseWatch Watch(UpstreamScript? script, Expectation expectation, bool askedForUsage = false)
    {
        var watch = new CaseWatch(new FuzzCase
        {
            Id = "1", Family = CaseFamily.Answer, Request = "POST / HTTP/1.1\r\n\r\n"u8.ToArray(), Expectation = expectation, Body = """{"stream":true}"""u8.ToArray(), Operation = FuzzOperation.Chat,
            Scripts = script is null ? [] : [script],
        });
        if (script is not null)
        {
            watch.Arrived(null, askedForUsage);
        }

        return watch;
    }

    private static UpstreamScript Script(ScriptKind kind, string payload, int status = 200) =>
        new() { Name = "scripted", Writes = [], Kind = kind, Status = status, Payload = Encoding.UTF8.GetBytes(payload) };
}
