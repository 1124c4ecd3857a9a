using System.Text;
using Gateway.Fuzz.Run;

namespace Gateway.Fuzz;

public sealed class BoundedRunTests
{
    [Fact]
    public async Task Twenty_thousand_cases_find_nothing_and_most_of_them_get_through_parsing()
    {
        var said = new StringBuilder();
        var run = new FuzzRun(new FuzzOptions { Seed = 20_000, Cases = 20_000 }, line => said.AppendLine(line));

        var findings = await run.RunAsync();

        TestContext.Current.TestOutputHelper?.WriteLine(said.ToString());
        findings.Should().BeEmpty("{0}", said);
        run.Distribution.Total.Should().Be(20_000);
        run.Distribution.PassedShare.Should().BeGreaterThan(30);

        // What is never met is not tested.
        run.Distribution.Outcomes.Should().Contain(
            ["answered whole", "answered whole after a failover", "answered and visibly cut", "upstream's error of the caller", "upstream failed 502", "refused 400", "refused 401", "refused 403",
                "refused 404", "refused 405", "refused 415", "refused 431", "caller left", "answered by the gateway", "closed without an answer", "manifest in force", "manifest unreadable", "manifest changed while serving"]);
    }
}
