using System.Net.Http.Headers;
using Gateway.Cluster.Rigs;
using Gateway.Testing.Identity;

namespace Gateway.Cluster.Identity;

public sealed class TokensAcrossNodesTests(SharedCluster shared) : ClusterTest(shared)
{
    [Fact]
    public async Task A_hundred_first_uses_of_a_token_over_two_front_ends_are_one_remote_call()
    {
        var token = Shared.Globus.Issue(GlobusUser.Person("alice@anl.gov"));
        var opened = new TaskCompletionSource();
        var before = Shared.Globus.Introspections;
        Shared.Globus.Gate = opened.Task;

        var statuses = Enumerable.Range(0, 100).Select(number => (number % 2 == 0 ? Shared.A : Shared.B).ModelsStatusAsync(token)).ToArray();
        await Eventually.TrueAsync(() => Shared.Globus.Introspections > before, "Globus is asked");
        opened.SetResult();

        (await Task.WhenAll(statuses)).Should().OnlyContain(status => status == HttpStatusCode.OK);
        (Shared.Globus.Introspections - before).Should().Be(1);
    }

    [Fact]
    public async Task What_one_front_end_learned_costs_the_other_no_remote_call()
    {
        var token = Shared.Globus.Issue(GlobusUser.Person("alice@anl.gov"));
        var before = Shared.Globus.Introspections;

        (await Shared.A.ModelsStatusAsync(token)).Should().Be(HttpStatusCode.OK);
        (await Shared.B.ModelsStatusAsync(token)).Should().Be(HttpStatusCode.OK);
        (await Shared.B.ModelsStatusAsync(token + "x")).Should().Be(HttpStatusCode.Unauthorized);
        (await Shared.A.ModelsStatusAsync(token + "x")).Should().Be(HttpStatusCode.Unauthorized);

        (Shared.Globus.Introspections - before).Should().Be(2);
    }

    [Fact]
    public async Task New_tokens_are_accepted_again_after_a_silo_was_killed_and_known_ones_all_the_time()
    {
        var known = Shared.Globus.Issue(GlobusUser.Person("alice@anl.gov"));
        (await Shared.A.ModelsStatusAsync(known)).Should().Be(HttpStatusCode.OK);

        await Shared.Rig.Silos[0].KillAsync();

        (await Shared.A.ModelsStatusAsync(known)).Should().Be(HttpStatusCode.OK);
        for (var number = 0; number < 20; number++)
        {
            var status = await Shared.A.ModelsStatusAsync(Shared.Globus.Issue(GlobusUser.Person($"user-{number}@anl.gov")));
            status.Should().Be(HttpStatusCode.OK, "a question to a silo that is gone is asked again elsewhere");
        }
    }

    [Fact]
    public async Task Own_keys_are_made_on_the_public_address_only()
    {
        var token = Shared.Globus.Issue(GlobusUser.Person("alice@anl.gov"));
        using var onPublic = await MeAsync(Shared.A.Client, token);
        using var onAdmin = await MeAsync(Shared.A.Admin, token);

        onPublic.StatusCode.Should().Be(HttpStatusCode.OK);
        onAdmin.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    private static async Task<HttpResponseMessage> MeAsync(HttpClient client, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/me");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await client.SendAsync(request);
    }
}
