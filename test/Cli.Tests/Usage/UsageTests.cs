using Gateway.Cli.Rigs;

namespace Gateway.Cli.Usage;

public sealed class UsageTests : IAsyncLifetime
{
    private readonly CliRig _rig = new() { Time = new FakeTimeProvider() };

    public async ValueTask InitializeAsync() => await _rig.SignInAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Callers_see_their_own()
    {
        _rig.Gateway.Answer("GET /v1/me", """{"username":"alice","usage":{"day":{"requests":3,"cost_usd":0.25},"month":{"requests":40,"cost_usd":2.5}}}""");

        (await _rig.RunAsync("usage")).ShouldEndWith(ExitCodes.Ok).Output.ReplaceLineEndings("\n").Should().Be(
            "day requests    3\nday cost usd    0.25\nmonth requests  40\nmonth cost usd  2.5\n");
        (await _rig.RunAsync("usage", "--json")).Output.TrimEnd().Should().Be("""{"day":{"requests":3,"cost_usd":0.25},"month":{"requests":40,"cost_usd":2.5}}""");
    }

    [Fact]
    public async Task Administrators_see_everybodys_by_what_they_ask_for()
    {
        _rig.Gateway.Answer("GET /admin/usage", """{"data":[{"project":"chem","model":"a","requests":12,"input_tokens":100,"output_tokens":50,"cached_tokens":0,"cost_usd":1.5,"partial":false}]}""");

        var shown = (await _rig.RunAsync("usage", "--admin", "--from", "2025-12-01", "--to", "12h", "--group-by", "project,model")).ShouldEndWith(ExitCodes.Ok).Output;

        shown.Should().MatchRegex("PROJECT +MODEL +REQUESTS").And.MatchRegex("chem +a +12 +100 +50 +0 +1.5");
        _rig.Gateway.Requests.Single().Target.Should().Be("/admin/usage?from=2025-12-01T00%3A00%3A00Z&to=2025-12-31T12%3A00%3A00Z&group_by=project%2Cmodel");
    }

    [Fact]
    public async Task What_is_not_said_is_left_to_the_gateway()
    {
        _rig.Gateway.Answer("GET /admin/usage", """{"data":[]}""");

        (await _rig.RunAsync("usage", "--admin", "--json")).ShouldEndWith(ExitCodes.Ok).Json["data"]!.AsArray().Should().BeEmpty();

        (await _rig.RunAsync("usage", "--admin", "--to", "2025-11-30", "--group-by", "project,month")).ShouldEndWith(ExitCodes.Ok);

        _rig.Gateway.Requests.Select(request => request.Target).Should().Equal(
            "/admin/usage?group_by=user%2Cmodel",
            "/admin/usage?to=2025-11-30T00%3A00%3A00Z&group_by=project%2Cmonth");
    }

    [Fact]
    public async Task A_gateway_without_accounts_says_so()
    {
        _rig.Gateway.Answer("GET /v1/me", """{"username":"alice"}""");

        (await _rig.RunAsync("usage")).ShouldEndWith(ExitCodes.Failed).Error.Should().Contain("keeps no account of usage");
        (await _rig.RunAsync("usage", "--admin")).ShouldEndWith(ExitCodes.Failed).Error.Should().Contain("keeps no account of usage");
    }

    [Theory]
    [InlineData("""{"username":"alice","user":"user:local/alice","key":null,"usage":null}""", ExitCodes.Unreachable, "cannot be read now")]
    [InlineData("""{"username":"robot","user":null,"key":"key:1","usage":null}""", ExitCodes.Unreachable, "cannot be read now")]
    [InlineData("""{"username":"program","user":null,"key":null,"usage":null}""", ExitCodes.Failed, "neither a user nor a key")]
    public async Task Usage_that_cannot_be_read_now_is_told_from_usage_that_nobody_counts(string me, int exitCode, string reason)
    {
        _rig.Gateway.Answer("GET /v1/me", me);

        (await _rig.RunAsync("usage", "--json")).ShouldEndWith(exitCode).Error.Should().Contain(reason).And.NotContain("older version");
    }

    [Theory, InlineData("usage --from 7d"), InlineData("usage --admin --group-by colour"), InlineData("usage --admin --from yesterday")]
    public async Task What_cannot_be_asked_is_refused(string line)
    {
        (await _rig.RunAsync(line.Split(' '))).ShouldEndWith(ExitCodes.Usage);
        _rig.Gateway.Requests.Should().BeEmpty();
    }
}
