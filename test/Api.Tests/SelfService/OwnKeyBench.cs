using System.Net.Http.Headers;
using System.Text;
using Gateway.Abstractions.Tokens;
using Gateway.Api.Admission.Subjects;
using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Authorization.Rules;
using Gateway.Api.Http;
using Gateway.Api.Tests.Authentication;
using Gateway.Api.Tests.Authentication.Introspection;
using Gateway.Api.Tests.Management.Keys;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Silo.Settings.Access;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Api.Tests.SelfService;

/// <summary>A gateway where tokens are students' (<c>students.x.edu</c>, group <c>students</c>) and rules and limits can be asked.</summary>
internal sealed class OwnKeyBench : IAsyncDisposable
{
    private OwnKeyBench(IdentityHost host) => Host = host;

    public IdentityHost Host { get; }

    public static async Task<OwnKeyBench> StartAsync() => new(await IdentityHost.StartAsync(tokens: new ScriptedTokenGrain
    {
        Answer = token => ScriptedTokenGrain.Accept(token) with
        {
            Identity = new TokenIdentity { Id = token, Username = token, Name = token, Alias = "local", Groups = ["students"], Domains = ["students.x.edu"] },
        },
    }));

    public KeyClient As(string credential) => new(Host, credential);

    public async Task<Caller> CallerAsync(string credential) => (await Host.AuthenticateAsync(credential)).Caller!;

    public async Task<bool> AllowsAsync(string credential, AccessRuleText rule)
    {
        var rules = new AccessRules(new AccessOptions { Document = new AccessDocument(!rule.Allow, [rule]) }, new SubjectNames("local"));
        return rules.Allow(await CallerAsync(credential), Entries.Live("e1"), "m", Operation.ChatCompletions);
    }

    public async Task LimitAsync(string subject)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/admin/subjects/{subject}/limits");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", IdentityHost.AdminKey);
        request.Content = new StringContent("""{"requests_per_minute":5}""", Encoding.UTF8, "application/json");
        using var response = await Host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Whom a request with this credential is charged to, as far as they have limits.</summary>
    public async Task<IEnumerable<string>> ChargedAsync(string credential)
    {
        var limits = Host.Services.GetRequiredService<SubjectResolver>().Resolve(await CallerAsync(credential), null, out var error);
        error.Should().BeNull();
        return limits!.Counted.Select(subject => subject.Key);
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
