using System.Net.Http.Headers;
using Gateway.Abstractions.Usage;
using Gateway.Api.Management.Usage;
using Gateway.Api.Tests.Authentication;
using Gateway.Api.Tests.Management.Keys;
using Gateway.Storage.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Api.Tests.Management.Usage;

public sealed class UsageRoutesTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Usage_is_summed_by_dimensions_with_exact_money_and_shown_names()
    {
        await using var host = await HostAsync();

        var answer = await new KeyClient(host).GetAsync("/admin/usage?group_by=user,model&order=requests&from=2029-12-01");

        var rows = answer.Json["data"]!.AsArray();
        rows.Select(row => ((string?)row!["user"], (string?)row["model"], (int)row["requests"]!)).Should().Equal(("user:alice", "a", 3), (null, "b", 1), ("user:bob", "=cmd|x", 1));
        rows[0]!["cost_usd"]!.ToJsonString().Should().Be("3.000000003");
        rows[0]!.ToJsonString().Should().Be(
            """{"user":"user:alice","model":"a","requests":3,"input_tokens":30,"output_tokens":15,"total_tokens":45,"cached_tokens":6,"cache_write_tokens":0,"reasoning_tokens":0,"cost_usd":3.000000003,"partial":1,"interrupted":0,"estimated":0}""");
        ((string)answer.Json["from"]!).Should().Be("2029-12-01T00:00:00Z");
        ((string)answer.Json["to"]!).Should().Be("2030-01-01T00:00:00Z");
    }

    [Fact]
    public async Task A_series_shows_the_largest_of_the_whole_time_in_the_order_of_time()
    {
        await using var host = await HostAsync();

        var answer = await new KeyClient(host).GetAsync("/admin/usage?group_by=day,user&top=1&order=total_tokens&from=2029-12-01");

        answer.Json["data"]!.AsArray().Select(row => ((string?)row!["day"], (string?)row["user"], (int)row["requests"]!)).Should().Equal(
            ("2029-12-29T00:00:00Z", "user:alice", 1), ("2029-12-30T00:00:00Z", "user:alice", 2));
    }

    [Fact]
    public async Task Requests_without_a_status_are_found_and_shown_as_having_none()
    {
        await using var host = await HostAsync();
        await FillAsync(host, "i", [Record(Now.AddHours(-2), "a") with { Status = 0, IsInterrupted = true, Session = "i" }]);
        var client = new KeyClient(host);

        (await client.GetAsync("/admin/usage/records?from=2029-12-10&status=")).Json["data"]!.AsArray().Should().ContainSingle().Which!["status"].Should().BeNull();
        var grouped = (await client.GetAsync("/admin/usage?from=2029-12-10&group_by=status")).Json["data"]!.AsArray();
        grouped.Should().ContainSingle(row => row!["status"] == null).Which!["requests"]!.GetValue<int>().Should().Be(1);
        using var csv = await GetAsync(host, "/admin/usage?from=2029-12-10&group_by=status", "text/csv");
        (await csv.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().MatchRegex("(?m)^,1,").And.NotMatchRegex("(?m)^0,");
    }

    [Theory]
    [InlineData("user=alice", 3)]
    [InlineData("user=user:local/alice", 3)]
    [InlineData("user=", 1)]
    [InlineData("group=staff", 3)]
    [InlineData("key=k1", 4)]
    [InlineData("status=502", 1)]
    [InlineData("end_user=e", 1)]
    [InlineData("model=nothing", 0)]
    public async Task Filters_take_names_as_people_write_them(string filter, int requests)
    {
        await using var host = await HostAsync();
        var client = new KeyClient(host);

        var sums = await client.GetAsync("/admin/usage?from=2029-12-10&" + filter);
        var records = await client.GetAsync("/admin/usage/records?from=2029-12-10&" + filter);

        ((int)sums.Json["data"]![0]!["requests"]!).Should().Be(requests);
        records.Json["data"]!.AsArray().Should().HaveCount(requests);
    }

    [Theory]
    [InlineData("group_by=colour", "group_by")]
    [InlineData("group_by=day,hour", "group_by")]
    [InlineData("group_by=user,group,project,key,model", "group_by")]
    [InlineData("group_by=hour&from=2029-01-01", "from")]
    [InlineData("group_by=hour&from=2029-11-30T12:34:55Z&to=2029-12-31T12:34:56Z", "from")]
    [InlineData("group_by=hour&from=2028-08-19&to=2028-08-20", "from")]
    [InlineData("group_by=end_user&from=2028-08-19&to=2028-08-20", "from")]
    [InlineData("end_user=e&from=2028-11-26&to=2028-12-20", "from")]
    [InlineData("group_by=end_user,group", "end_user")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2029-12-31&to=2029-12-30", "from")]
    [InlineData("to=1999-01-01", "to")]
    [InlineData("top=0", "top")]
    [InlineData("top=1001", "top")]
    [InlineData("order=colour", "order")]
    [InlineData("status=x", "status")]
    [InlineData("user=a&user=b", "user")]
    public async Task What_is_wrong_is_named(string query, string parameter)
    {
        await using var host = await HostAsync();

        var answer = await new KeyClient(host).GetAsync("/admin/usage?" + query);

        (answer.Status, answer.Param).Should().Be((400, parameter));
    }

    [Theory]
    [InlineData("from=2029-12-01&to=2030-01-01")]
    [InlineData("from=2029-11-30T12:34:56Z&to=2029-12-31T12:34:56Z")]
    public async Task By_hour_a_whole_month_can_be_asked_for_also_off_the_hour(string range)
    {
        await using var host = await HostAsync();

        (await new KeyClient(host).GetAsync("/admin/usage?group_by=hour&" + range)).Status.Should().Be(200);
    }

    [Theory]
    [InlineData("", 5)]
    [InlineData("?limit=2", 2)]
    [InlineData("?limit=100", 5)]
    public async Task Csv_of_records_has_no_more_rows_than_were_asked_for(string query, int rows)
    {
        await using var host = await HostAsync();

        using var response = await GetAsync(host, "/admin/usage/records" + query, "text/csv");

        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(rows + 1);
    }

    [Theory]
    [InlineData("text/csv", "text/csv")]
    [InlineData("text/csv, */*;q=0.5", "text/csv")]
    [InlineData("text/csv, */*", "text/csv")]
    [InlineData("application/json;q=0.5, text/csv", "text/csv")]
    [InlineData("application/json, text/csv;q=0.1", "application/json")]
    [InlineData("application/*, text/csv;q=0.9", "application/json")]
    [InlineData("text/csv;q=0.5, */*", "application/json")]
    [InlineData("application/json;q=0.1, text/csv;q=0.5, */*", "text/csv")]
    [InlineData("text/csv;q=0", "application/json")]
    [InlineData("*/*", "application/json")]
    public async Task Csv_is_sent_to_those_who_like_it_best(string accept, string type)
    {
        await using var host = await HostAsync();

        foreach (var path in (string[])["/admin/usage", "/admin/usage/records"])
        {
            using var response = await GetAsync(host, path, accept);
            response.Content.Headers.ContentType!.MediaType.Should().Be(type);
        }
    }

    [Theory]
    [InlineData("2028-08-19T12:00:00Z", "2028-08-25T07:00:00Z", "2028-08-19T00:00:00Z", "2028-08-26T00:00:00Z", 2)]
    [InlineData("2028-08-19", "2028-08-25", "2028-08-19T00:00:00Z", "2028-08-25T00:00:00Z", 1)]
    [InlineData("2028-08-19T16:00:00Z", "2028-08-19T17:00:00Z", "2028-08-19T00:00:00Z", "2028-08-20T00:00:00Z", 1)]
    [InlineData("2028-08-25T01:00:00Z", "2029-12-29T04:00:00Z", "2028-08-25T00:00:00Z", "2029-12-29T04:00:00Z", 2)]
    [InlineData("2029-12-29T01:00:00Z", "2029-12-30T20:00:00Z", "2029-12-29T01:00:00Z", "2029-12-30T20:00:00Z", 2)]
    public async Task Where_hours_are_not_kept_any_more_whole_days_are_told_and_the_answer_says_so(string from, string to, string toldFrom, string toldTo, int requests)
    {
        await using var host = await HostAsync();
        await FillAsync(host, "old", [Record(new DateTimeOffset(2028, 8, 19, 15, 0, 0, TimeSpan.Zero), "a"), Record(new DateTimeOffset(2028, 8, 25, 3, 0, 0, TimeSpan.Zero), "a")]);
        await host.Services.GetRequiredService<LedgerRetention>().ApplyAsync(TestContext.Current.CancellationToken);

        var answer = (await new KeyClient(host).GetAsync($"/admin/usage?from={from}&to={to}")).Json;

        ((string)answer["from"]!, (string)answer["to"]!, (int)answer["data"]![0]!["requests"]!).Should().Be((toldFrom, toldTo, requests));
    }

    [Fact]
    public async Task Records_are_paged_and_found_by_id_and_hold_everything()
    {
        await using var host = await HostAsync();
        var client = new KeyClient(host);

        var first = await client.GetAsync("/admin/usage/records?limit=2");
        var second = await client.GetAsync("/admin/usage/records?limit=100&cursor=" + (string)first.Json["cursor"]!);

        var all = first.Json["data"]!.AsArray().Concat(second.Json["data"]!.AsArray()).ToList();
        all.Should().HaveCount(5);
        all.Select(record => (string)record!["at"]!).Should().BeInDescendingOrder();
        ((bool)second.Json["has_more"]!).Should().BeFalse();
        var one = (await client.GetAsync("/admin/usage/records/" + (string)all[0]!["id"]!)).Json;
        one.ToJsonString().Should().Be(all[0]!.ToJsonString());
        ((string)one["attempts"]![0]!["endpoint"]!, (string)one["groups"]![0]!, (string)one["project"]!).Should().Be(("e1", "group:staff", "project:p"));
        (await client.GetAsync("/admin/usage/records/" + Guid.NewGuid())).Code.Should().Be("record_not_found");
        (await client.GetAsync("/admin/usage/records/x")).Status.Should().Be(404);
        (await client.GetAsync("/admin/usage/records?cursor=x")).Param.Should().Be("cursor");
    }

    [Theory]
    [InlineData("/admin/usage?group_by=model,end_user&from=2029-12-10")]
    [InlineData("/admin/usage/records")]
    public async Task Csv_has_a_row_each_and_no_cell_that_a_spreadsheet_would_run(string path)
    {
        await using var host = await HostAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", IdentityHost.AdminKey);
        request.Headers.Accept.ParseAdd("text/csv");

        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.Content.Headers.ContentType!.ToString().Should().Be("text/csv; charset=utf-8");
        var lines = text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines.Should().HaveCountGreaterThanOrEqualTo(5);
        text.Should().Contain("\"'=cmd|x\"").And.NotContain(",=").And.NotContain("\n=");
    }

    [Fact]
    public async Task The_largest_of_very_many_are_an_answer_while_all_of_them_are_too_many()
    {
        await using var host = await IdentityHost.StartAsync();
        await FillAsync(host, "s", [.. Enumerable.Range(0, UsageQueryReader.MaxRows + 1).Select(i => Record(Now.AddHours(-2), "a") with { User = $"user:local/u{i}", CostNanoUsd = i })]);
        var client = new KeyClient(host);

        (await client.GetAsync("/admin/usage?group_by=user")).Code.Should().Be("too_many_rows");
        var top = (await client.GetAsync("/admin/usage?group_by=user&top=2")).Json["data"]!.AsArray();
        top.Select(row => (string)row!["user"]!).Should().Equal($"user:u{UsageQueryReader.MaxRows}", $"user:u{UsageQueryReader.MaxRows - 1}");

        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/usage/records");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", IdentityHost.AdminKey);
        request.Headers.Accept.ParseAdd("text/csv");
        using var csv = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        (await csv.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(UsageQueryReader.MaxRows + 2, "of single records all are sent");
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"x\"\n", "\"say \"\"x\"\"\n\"")]
    [InlineData("=1+1", "\"'=1+1\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@x", "\"'@x\"")]
    [InlineData("\tx", "\"'\tx\"")]
    public void Cells_are_quoted_and_made_harmless(string? text, string cell) => CsvAnswer.Cell(text).Should().Be(cell);

    [Fact]
    public async Task Viewers_may_look_and_nobody_else()
    {
        await using var host = await HostAsync();
        var viewer = await host.CreateKeyAsync(new Gateway.Api.Management.Keys.ApiKeyDraft { Name = "viewer", Role = "viewer" });
        var plain = await host.CreateKeyAsync();

        foreach (var path in (string[])["/admin/usage", "/admin/usage/records", "/admin/usage/records/" + Guid.NewGuid()])
        {
            (await new KeyClient(host, viewer.Text).GetAsync(path)).Status.Should().BeOneOf(200, 404);
            (await new KeyClient(host, plain.Text).GetAsync(path)).Status.Should().Be(403);
            (await new KeyClient(host, null).GetAsync(path)).Status.Should().Be(401);
        }
    }

    [Fact]
    public async Task Callers_see_their_own_usage_of_today_and_this_month()
    {
        await using var host = await HostAsync();
        host.Time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromHours(3));
        var alice = await host.CreateKeyAsync(new Gateway.Api.Management.Keys.ApiKeyDraft { Name = "k", Owner = "user:local/alice" });
        await FillAsync(host, "later", [Record(Now.AddHours(1), "a"), Record(Now.AddHours(26), "a"), Record(Now.AddHours(25), "b") with { User = "user:local/bob" }]);

        var usage = (await new KeyClient(host, alice.Text).GetAsync("/v1/me")).Json["usage"]!;

        ((int)usage["today"]!["requests"]!, (int)usage["month"]!["requests"]!).Should().Be((1, 2));
        usage["month"]!["cost_usd"]!.ToJsonString().Should().Be("2.000000002");
    }

    private static async Task<HttpResponseMessage> GetAsync(IdentityHost host, string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", IdentityHost.AdminKey);
        request.Headers.Accept.ParseAdd(accept);
        return await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<IdentityHost> HostAsync()
    {
        var host = await IdentityHost.StartAsync();
        await FillAsync(host, "s",
        [
            Record(Now.AddHours(-70), "a"),
            Record(Now.AddHours(-30), "a") with { IsPartial = true },
            Record(Now.AddHours(-26), "a") with { EndUser = "e", Groups = [] },
            Record(Now.AddHours(-25), "=cmd|x") with { User = "user:local/bob", Status = 502, Groups = [], Usage = new TokenUsage { Input = 1 } },
            Record(Now.AddHours(-3), "b") with { User = null, Key = "key:k2", Usage = new TokenUsage { Input = 1 }, CostNanoUsd = 1, Groups = ["local/staff"] },
        ]);
        return host;
    }

    private static async Task FillAsync(IdentityHost host, string session, IReadOnlyCollection<UsageRecord> records)
    {
        var ledger = host.Services.GetRequiredService<UsageLedger>();
        await ledger.OpenAsync(session, "node", CancellationToken.None);
        (await ledger.AppendAsync(new JournalStep(session, 0, 1), records, CancellationToken.None)).Should().BeTrue();
    }

    private static UsageRecord Record(DateTimeOffset at, string model) => new()
    {
        Id = Guid.CreateVersion7(at), User = "user:local/alice", Key = "key:k1", Groups = ["local/staff"], Project = "local/p", Model = model, Operation = "chat/completions", Endpoint = "e1",
        Status = 200, Attempts = [new UsageAttempt { Endpoint = "e1", Status = 200 }], Usage = new TokenUsage { Input = 10, Output = 5, CachedInput = 2 }, CostNanoUsd = 1_000_000_001, Node = "node", Session = "s",
    };
}
