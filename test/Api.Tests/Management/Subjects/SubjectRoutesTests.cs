using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Abstractions.Limits;
using Gateway.Api.Admission;
using Gateway.Api.Admission.Rows;
using Gateway.Api.Management.Keys;
using Gateway.Api.Tests.Admission.Fakes;
using Gateway.Api.Tests.Authentication;
using Gateway.Storage.Audit;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Api.Tests.Management.Subjects;

public sealed class SubjectRoutesTests
{
    private const string Limits = """{"requests_per_minute":60,"budgets":[{"usd":10,"window":"month","mode":"hard","soft_at":0.8}]}""";

    [Theory]
    [InlineData("user:alice", "user%3Aalice", "user:local/alice")]
    [InlineData("alice", "user:local/alice", "user%3Alocal%2Falice")]
    [InlineData("group:corp/a/b", "group%3Acorp%2Fa%2Fb", "group:corp/a%2Fb")]
    [InlineData("default:group-member:x", "default%3Agroup-member%3Ax", "default:group-member:local/x")]
    public async Task One_subject_has_several_spellings(string written, string read, string deleted)
    {
        await using var host = await IdentityHost.StartAsync();

        (await SendAsync(host, HttpMethod.Put, $"{written}/limits", Limits)).Status.Should().Be(200);
        var got = await SendAsync(host, HttpMethod.Get, $"{read}/limits");
        var gone = await SendAsync(host, HttpMethod.Delete, $"{deleted}/limits");

        got.Text.Should().Be(Limits);
        got.ETag.Should().NotBeNull();
        gone.Status.Should().Be(204, gone.Text);
        (await SendAsync(host, HttpMethod.Get, $"{read}/limits")).Code.Should().Be("limits_not_found");
        (await SendAsync(host, HttpMethod.Delete, $"{deleted}/limits")).Code.Should().Be("limits_not_found");
    }

    [Theory]
    [InlineData("user%3Acorp%2Fa%252Fb", "user:corp/a%2Fb")]
    [InlineData("user:corp/https%253A%252F%252Fidp%252fu1", "user:corp/https%3A%2F%2Fidp%2fu1")]
    [InlineData("user:corp/a%2Fb%252Fc", "user:corp/a/b%2Fc")]
    public async Task A_name_that_holds_an_escaped_slash_is_that_name(string path, string subject)
    {
        await using var host = await IdentityHost.StartAsync();

        (await SendAsync(host, HttpMethod.Put, $"{path}/limits", Limits)).Status.Should().Be(200);

        host.Services.GetRequiredService<LimitsSnapshot>().Find(subject, host.Time.GetUtcNow()).Fields.Should().NotBeNull();
        (await SendAsync(host, HttpMethod.Get, $"{path}/limits")).Text.Should().Be(Limits);
    }

    [Fact]
    public async Task So_it_is_in_the_absolute_form_of_a_request()
    {
        await using var host = await IdentityHost.StartAsync();
        var origin = host.Client.BaseAddress!;
        using var client = new TcpClient();
        await client.ConnectAsync(origin.Host, origin.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"PUT {origin}admin/subjects/user:corp%2Fa%252Fb/limits HTTP/1.1\r\nHost: {origin.Authority}\r\nAuthorization: Bearer {IdentityHost.AdminKey}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {Limits.Length}\r\nConnection: close\r\n\r\n{Limits}"), TestContext.Current.CancellationToken);
        var answer = await new StreamReader(stream).ReadToEndAsync(TestContext.Current.CancellationToken);

        answer.Should().StartWith("HTTP/1.1 200 ");
        host.Services.GetRequiredService<LimitsSnapshot>().Find("user:corp/a%2Fb", host.Time.GetUtcNow()).Fields.Should().NotBeNull();
    }

    [Theory]
    [InlineData("user:alice/limits", """{"requests_per_minut":5}""", "requests_per_minut")]
    [InlineData("user:alice/limits", """{"budgets":[{"usd":-1,"window":"day"}]}""", "budgets[0].usd")]
    [InlineData("user:alice/limits", "[]", null)]
    [InlineData("team:alice/limits", "{}", "subject")]
    [InlineData("key:a/b/limits", "{}", "subject")]
    [InlineData("user:alice/raise", """{"usd":1,"window":"month"}""", "until")]
    [InlineData("user:alice/raise", """{"usd":1,"window":"year","until":"2031-01-01T00:00:00Z"}""", "window")]
    [InlineData("user:alice/raise", """{"usd":1,"window":"day","until":"2031-01-01T00:00:00Z","mode":"soft"}""", "mode")]
    public async Task What_is_wrong_is_named(string path, string body, string? param)
    {
        await using var host = await IdentityHost.StartAsync();

        var refused = await SendAsync(host, path.EndsWith("raise", StringComparison.Ordinal) ? HttpMethod.Post : HttpMethod.Put, path, body);

        (refused.Status, (string?)refused.Json["error"]!["param"]).Should().Be((400, param));
    }

    [Fact]
    public async Task An_old_etag_changes_nothing_and_a_new_subject_can_be_insisted_on()
    {
        await using var host = await IdentityHost.StartAsync();
        (await SendAsync(host, HttpMethod.Put, "user:alice/limits", Limits, ("If-Match", "*"))).Status.Should().Be(412, "there are none yet");
        var first = await SendAsync(host, HttpMethod.Put, "user:alice/limits", Limits, ("If-None-Match", "*"));
        var second = await SendAsync(host, HttpMethod.Put, "user:alice/limits", "{}", ("If-Match", first.ETag!));

        (await SendAsync(host, HttpMethod.Put, "user:alice/limits", Limits, ("If-Match", first.ETag!))).Status.Should().Be(412);
        second = await SendAsync(host, HttpMethod.Put, "user:alice/limits", "{}", ("If-Match", "*"));
        (await SendAsync(host, HttpMethod.Put, "user:alice/limits", Limits, ("If-None-Match", "*"))).Status.Should().Be(412);
        (await SendAsync(host, HttpMethod.Delete, "user:alice/limits", null, ("If-Match", first.ETag!))).Status.Should().Be(412);
        (await SendAsync(host, HttpMethod.Put, "user:alice/limits", Limits, ("If-Match", "soon"))).Status.Should().Be(400);
        (await SendAsync(host, HttpMethod.Delete, "user:alice/limits", null, ("If-Match", second.ETag!))).Status.Should().Be(204);
    }

    [Fact]
    public async Task A_change_is_in_force_when_it_is_answered_announced_and_audited()
    {
        await using var host = await IdentityHost.StartAsync();

        var written = await SendAsync(host, HttpMethod.Put, "user:alice/limits", Limits);

        host.Services.GetRequiredService<LimitsSnapshot>().Find("user:local/alice", host.Time.GetUtcNow()).Fields!.Rates["requests_per_minute"].Should().Be(60);
        host.Manifest.LimitsAnnounced.Should().ContainSingle().Which.ToString(System.Globalization.CultureInfo.InvariantCulture).Should().Be(written.ETag!.Trim('"'));
        var entry = (await host.Services.GetRequiredService<IAuditLog>().ListAsync(null, 1, TestContext.Current.CancellationToken)).Single().Entry;
        (entry.Actor, entry.Action, entry.Target, entry.After).Should().Be(("key:bootstrap-admin", "limits.set", "user:local/alice", Limits));
    }

    [Fact]
    public async Task Another_node_follows_within_a_second_though_nobody_tells_it()
    {
        await using var one = await IdentityHost.StartAsync();
        await using var other = await IdentityHost.StartAsync(beside: one);

        await SendAsync(one, HttpMethod.Put, "user:alice/limits", Limits);

        await Gateway.Testing.Eventually.TrueAsync(
            () => other.Services.GetRequiredService<LimitsSnapshot>().Find("user:local/alice", one.Time.GetUtcNow()).Fields is not null, "the other node has the limits");
    }

    [Fact]
    public async Task One_subject_shows_what_its_owner_counts_and_who_holds_it()
    {
        await using var host = await IdentityHost.StartAsync();
        await SendAsync(host, HttpMethod.Put, "user:alice/limits", """{"tokens_per_day":1000,"concurrency":3,"budgets":[{"usd":2.5,"window":"month"}]}""");
        await FillAsync(host.Manifest.Quota("user:local/alice"), """{"tokens_per_day":1000,"concurrency":3,"budgets":[{"usd":2.5,"window":"month"}]}""");

        var shown = (await SendAsync(host, HttpMethod.Get, "user:local%2Falice")).Json;

        ((string?)shown["subject"], (string?)shown["source"]).Should().Be(("user:alice", "admin"));
        var tokens = shown["windows"]!.AsArray().Single(window => (string?)window!["id"] == "tokens_per_day")!;
        ((decimal)tokens["used"]!, (decimal)tokens["reserved"]!, (decimal)tokens["remaining"]!).Should().Be((30, 10, 960));
        var money = shown["windows"]!.AsArray().Single(window => (string?)window!["unit"] == "usd")!;
        ((decimal)money["limit"]!, (decimal)money["used"]!, (bool)money["is_budget"]!).Should().Be((2.5m, 0.25m, true));
        ((int)shown["concurrency"]!["in_use"]!, (string?)shown["leases"]![0]!["session"]).Should().Be((2, "s1"));
        shown["unavailable"]!.AsArray().Should().BeEmpty();
    }

    [Fact]
    public async Task An_owner_that_does_not_answer_is_named_and_the_rest_is_shown()
    {
        await using var host = await IdentityHost.StartAsync();
        await SendAsync(host, HttpMethod.Put, "user:alice/limits", Limits);
        host.Manifest.Quota("user:local/alice").IsLost = true;

        var shown = (await SendAsync(host, HttpMethod.Get, "user:alice")).Json;

        ((string?)shown["unavailable"]![0], (int)shown["limits"]!["requests_per_minute"]!).Should().Be(("user:alice", 60));
    }

    [Fact]
    public async Task Limits_of_every_user_are_shown_at_a_user_without_own_ones()
    {
        await using var host = await IdentityHost.StartAsync();
        await SendAsync(host, HttpMethod.Put, "default:user/limits", Limits);

        var shown = (await SendAsync(host, HttpMethod.Get, "user:alice")).Json;

        ((string?)shown["source"], shown["limits"]).Should().Be(("default:user", null));
        shown["windows"]!.AsArray().Should().HaveCount(2);
        (await SendAsync(host, HttpMethod.Get, "default:user")).Json["windows"]!.AsArray().Should().BeEmpty();
    }

    [Fact]
    public async Task A_list_has_pages_and_wakes_no_grain()
    {
        await using var host = await IdentityHost.StartAsync();
        foreach (var subject in (string[])["user:a", "user:b", "key:k", "group:g"])
        {
            await SendAsync(host, HttpMethod.Put, subject + "/limits", Limits);
        }

        var first = (await SendAsync(host, HttpMethod.Get, "?limit=3")).Json;
        var second = (await SendAsync(host, HttpMethod.Get, $"?limit=3&cursor={Uri.EscapeDataString((string)first["cursor"]!)}")).Json;

        first["data"]!.AsArray().Concat(second["data"]!.AsArray()).Select(row => (string?)row!["subject"]).Should().Equal("group:g", "key:k", "user:a", "user:b");
        ((bool)first["has_more"]!, (bool)second["has_more"]!).Should().Be((true, false));
        host.Manifest.Quotas.Should().BeEmpty();
    }

    [Fact]
    public async Task A_raise_holds_for_the_budget_that_it_names()
    {
        await using var host = await IdentityHost.StartAsync();
        await SendAsync(host, HttpMethod.Put, "user:alice/limits", Limits);

        var raised = await SendAsync(host, HttpMethod.Post, "user:alice/raise", """{"usd":5,"window":"month","until":"2030-01-31T00:00:00Z"}""");
        var missing = await SendAsync(host, HttpMethod.Post, "user:alice/raise", """{"tokens":5,"window":"month","until":"2030-01-31T00:00:00Z"}""");

        raised.Status.Should().Be(200, raised.Text);
        raised.Json["budgets"]![0]!["raise"]!.ToJsonString().Should().Be("""{"usd":5,"until":"2030-01-31T00:00:00Z"}""");
        missing.Code.Should().Be("budget_not_found");
        var window = host.Services.GetRequiredService<LimitsSnapshot>().Find("user:local/alice", host.Time.GetUtcNow()).Fields!.ToSubjectLimits(1).Windows.Single(one => one.IsBudget);
        (window.Raise, window.Limit).Should().Be((5_000_000_000, 10_000_000_000));
    }

    [Theory]
    [InlineData("""{"budgets":[{"usd":50,"window":"month"}],"overrides":[{"to":"2099-01-01T00:00:00Z","budgets":[{"usd":100,"window":"month"}]}]}""")]
    [InlineData("""{"overrides":[{"to":"2099-01-01T00:00:00Z","budgets":[{"usd":100,"window":"month"}]}]}""")]
    public async Task A_raise_holds_for_the_budget_of_an_override_too(string body)
    {
        await using var host = await IdentityHost.StartAsync();
        await SendAsync(host, HttpMethod.Put, "user:alice/limits", body);

        var raised = await SendAsync(host, HttpMethod.Post, "user:alice/raise", """{"usd":20,"window":"month","until":"2098-01-01T00:00:00Z"}""");

        raised.Status.Should().Be(200, raised.Text);
        var window = host.Services.GetRequiredService<LimitsSnapshot>().Find("user:local/alice", host.Time.GetUtcNow()).Fields!.ToSubjectLimits(1).Windows.Single();
        (window.Limit, window.Raise).Should().Be((100_000_000_000, 20_000_000_000));
    }

    [Theory]
    [InlineData("viewer", "GET", "user:alice", 200)]
    [InlineData("viewer", "PUT", "user:alice/limits", 403)]
    [InlineData("operator", "POST", "user:alice/raise", 400)]
    [InlineData("operator", "PUT", "user:alice/limits", 403)]
    [InlineData("operator", "DELETE", "user:alice/limits", 403)]
    [InlineData("admin", "PUT", "user:alice", 404)]
    [InlineData("admin", "PATCH", "user:alice/limits", 405)]
    public async Task Roles_open_what_they_should(string role, string method, string path, int status)
    {
        await using var host = await IdentityHost.StartAsync();
        var key = (await host.CreateKeyAsync(new ApiKeyDraft { Name = "x", Role = role })).Text!;

        (await SendAsync(host, new HttpMethod(method), path, "{}", credential: key)).Status.Should().Be(status);
    }

    [Fact]
    public async Task Callers_see_what_is_left_to_them()
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync(new ApiKeyDraft { Name = "x", Owner = "user:local/alice", Groups = ["local/physics"] });
        const string Body = """{"tokens_per_day":1000,"concurrency":3,"max_output_tokens":50,"budgets":[{"usd":2.5,"window":"month"}]}""";
        await SendAsync(host, HttpMethod.Put, "user:alice/limits", Body);
        await SendAsync(host, HttpMethod.Put, "group:physics/limits", """{"requests_per_day":5}""");
        await FillAsync(host.Manifest.Quota("user:local/alice"), Body);
        host.Manifest.Quota("group:local/physics").IsLost = true;

        var quota = (await SendAsync(host, HttpMethod.Get, "/v1/me", credential: key.Text!)).Json["quota"]!;

        ((string?)quota["limits"]![0]!["subject"], (decimal)quota["limits"]![0]!["remaining"]!).Should().Be(("user:alice", 960));
        ((string?)quota["budgets"]![0]!["id"], (decimal)quota["budgets"]![0]!["remaining"]!).Should().Be(("budget/usd/month", 2.25m));
        ((int)quota["concurrency"]![0]!["in_use"]!, (int)quota["max_output_tokens"]!, (string?)quota["unavailable"]![0]).Should().Be((2, 50, "group:physics"));
    }

    [Fact]
    public async Task Who_has_no_limits_sees_none_and_asks_nobody()
    {
        await using var host = await IdentityHost.StartAsync();

        var quota = (await SendAsync(host, HttpMethod.Get, "/v1/me")).Json["quota"]!;

        quota["limits"]!.AsArray().Concat(quota["budgets"]!.AsArray()).Should().BeEmpty();
        host.Manifest.Quotas.Should().BeEmpty();
    }

    private static async Task FillAsync(FakeQuotaGrain grain, string body)
    {
        var limits = Storage.Limits.LimitDocumentReader.Read(body)!.At(DateTimeOffset.UnixEpoch)!.ToSubjectLimits(1);
        var empty = new SessionReport { Session = "s1", Number = 1, CallsDone = 0, Epoch = 0 };
        var granted = await grain.Acquire(new AcquireCall
        {
            Session = "s1",
            CallNumber = 1,
            Limits = limits,
            Wishes = [.. limits.Windows.Select(window => new WindowWish { WindowId = window.Id, Minimum = 1, Desired = 1 })],
            MinimumPermits = 1,
            DesiredPermits = 1,
            Report = empty,
        });
        await grain.Report(
            empty with
            {
                Number = 2,
                CallsDone = 1,
                Permits = 2,
                Epoch = granted.Epoch,
                Totals = [.. granted.Grants.Select(grant => new PeriodTotal
                {
                    Epoch = granted.Epoch,
                    WindowId = grant.WindowId,
                    Period = grant.Period,
                    Used = grant.WindowId == "tokens_per_day" ? 30 : 250_000_000,
                    Reserved = grant.WindowId == "tokens_per_day" ? 10 : 0,
                })],
            },
            limits);
    }

    private static async Task<Reply> SendAsync(IdentityHost host, HttpMethod method, string path, string? body = null, (string Name, string Value)? header = null, string credential = IdentityHost.AdminKey)
    {
        using var request = new HttpRequestMessage(method, new Uri(host.Client.BaseAddress!, path.StartsWith('/') ? path : path.StartsWith('?') ? "/admin/subjects" + path : "/admin/subjects/" + path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        if (header is var (name, value))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return new Reply((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), response.Headers.ETag?.ToString());
    }

    private sealed record Reply(int Status, string Text, string? ETag)
    {
        public JsonNode Json => JsonNode.Parse(Text)!;

        public string? Code => (string?)Json["error"]!["code"];
    }
}
