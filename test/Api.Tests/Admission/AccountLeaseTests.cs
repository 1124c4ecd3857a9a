using Gateway.Abstractions.Manifests;
using Gateway.Api.Admission;
using Gateway.Api.Tests.Admission.Fakes;
using Gateway.Api.Tests.Routing.Fakes;

namespace Gateway.Api.Tests.Admission;

/// <summary>What an attempt holds of its account must be young enough at the moment when the provider is called.</summary>
public sealed class AccountLeaseTests
{
    private const string Key = "user:local/alice";

    [Theory]
    [InlineData(5, null)]
    [InlineData(5, 1)]
    [InlineData(null, 1)]
    public async Task An_account_is_asked_again_where_its_lease_ended_while_the_subjects_answered(int? perMinute, int? concurrency)
    {
        await using var bench = await BenchAsync(perMinute, concurrency);
        using var admitted = await bench.AdmittedAsync();
        LetLeasesEnd(bench);
        var before = bench.Account("account-a").Acquires;
        SubjectTakesSeconds(bench);

        using var attempt = (await bench.RunAsync(bench.Run(() => admitted.TryTakeAttemptAsync(bench.Route.Candidates[0], default).AsTask()))).Attempt;

        attempt.Should().NotBeNull();
        var ofOneTry = (perMinute is null ? 0 : 1) + (concurrency is null ? 0 : 1);
        (bench.Account("account-a").Acquires - before).Should().Be(2 * ofOneTry, "what was taken first is too old");
        attempt!.Settle(new ActualUse(1, 0, 0, 0));
        admitted.Settle(new ActualUse(1, 0, 0, 0));
        await bench.PassAsync(TimeSpan.FromSeconds(1));
        bench.Subject(Key).Used("requests_per_minute").Should().Be(1);
        (bench.Account("account-a").Used("rpm"), bench.Account("account-a").Reserved("rpm")).Should().Be((perMinute is null ? 0 : 1, 0));
    }

    private static Task<AdmissionBench> BenchAsync(int? perMinute, int? concurrency) =>
        new AdmissionBench(null, null, default, Entries.Live("a") with { Limits = new AccountLimits { RequestsPerMinute = perMinute, Concurrency = concurrency } })
            .WithAsync(Key, """{"requests_per_minute":50}""");

    private static void LetLeasesEnd(AdmissionBench bench)
    {
        bench.Time.Advance(TimeSpan.FromMilliseconds(1951));
        bench.Session.Renewed(bench.Time.GetTimestamp());
    }

    // Each try is given up after half a second.
    private static void SubjectTakesSeconds(AdmissionBench bench)
    {
        for (var time = 0; time < 5; time++)
        {
            bench.Subject(Key).Fates.Enqueue(CallFate.Hangs);
        }
    }
}
