using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Gateway.Api.Management.Keys;
using Gateway.Api.Tests.Authentication;
using Gateway.Api.Tests.Management.Keys;
using Gateway.Api.Tests.Usage.Journal;
using Gateway.Api.Usage.Journal;
using Gateway.Api.Usage.Journal.Files;
using Gateway.Silo.Settings;
using Gateway.Storage.Ledger.Reading;
using Gateway.Storage.Sessions;
using Gateway.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Tests.Management.Journals;

public sealed class JournalRoutesTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_journal_that_is_sent_is_taken_in_once_however_often_it_comes()
    {
        await using var host = await IdentityHost.StartAsync();
        using var folder = new TempFolder();
        var body = Body(Written(folder, "s1", completed: 300, open: 2));

        var first = await SendAsync(host, body);
        var second = await SendAsync(host, body);

        first.Status.Should().Be(200, first.Text);
        first.Text.Should().Be("""{"session":"s1","node":"lost-node","records":302,"damages":0}""");
        ((int)second.Json["records"]!).Should().Be(0);
        var records = await host.Services.GetRequiredService<UsageReader>().ListAsync(Samples.Time.AddDays(-1), Samples.Time.AddDays(1), null, [], 1000, None);
        records.Should().HaveCount(302);
        records.Count(record => record.IsInterrupted).Should().Be(2);
        Leftovers(host).Should().BeEmpty();
        var audit = (await new KeyClient(host).GetAsync("/admin/audit")).Json["data"]!.AsArray();
        audit.Select(entry => ((string)entry!["action"]!, (string)entry["target"]!)).Should().Equal(("journal.adopt", "session:s1"), ("journal.adopt", "session:s1"));
    }

    [Fact]
    public async Task The_journal_of_a_front_end_that_lives_is_refused()
    {
        await using var host = await IdentityHost.StartAsync();
        using var folder = new TempFolder();
        var body = Body(Written(folder, "s1", completed: 3, open: 1));
        var sessions = host.Services.GetRequiredService<NodeSessionTable>();
        await sessions.RenewAsync("s1", "lost-node", None);

        var refused = await SendAsync(host, body);
        await sessions.EndAsync("s1", None);
        var taken = await SendAsync(host, body);

        (refused.Status, refused.Code).Should().Be((409, "journal_in_use"));
        ((int)taken.Json["records"]!).Should().Be(4);
    }

    [Fact]
    public async Task Several_at_a_time_are_taken_in_one_after_the_other()
    {
        await using var host = await IdentityHost.StartAsync();
        using var folder = new TempFolder();
        var bodies = Enumerable.Range(0, 5).Select(number => Body(Written(folder, "s" + number, completed: 50, open: 0))).ToList();

        var answers = await Task.WhenAll(bodies.Select(body => SendAsync(host, body)));

        answers.Select(answer => (int)answer.Json["records"]!).Should().OnlyContain(records => records == 50);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("01000000")]
    [InlineData("0100000000000000")]
    [InlineData("01000000FFFFFFFF")]
    [InlineData("FFFFFFFF0100000041")]
    [InlineData("010000000500000041")]
    [InlineData("01000000010000004101000000010000004")]
    [InlineData("010000000100000041010000000100000042")]
    [InlineData("010000000400000041424344")]
    [InlineData("00000000020000007B7D")]
    public async Task What_is_no_journal_is_refused_and_leaves_nothing(string hex)
    {
        await using var host = await IdentityHost.StartAsync();

        var answer = await SendAsync(host, Convert.FromHexString(hex.Length % 2 == 0 ? hex : hex[..^1]));

        (answer.Status, answer.Code).Should().Be((400, "invalid_journal"));
        Leftovers(host).Should().BeEmpty();
    }

    [Fact]
    public async Task A_journal_whose_totals_are_damaged_is_refused()
    {
        await using var host = await IdentityHost.StartAsync();
        using var folder = new TempFolder();
        byte[] body = [0, 0, 0, 0, 1, 0, 0, 0, (byte)'{', .. Body(Written(folder, "s1", completed: 3, open: 0))];

        var answer = await SendAsync(host, body);

        (answer.Status, answer.Code).Should().Be((400, "invalid_journal"));
        Leftovers(host).Should().BeEmpty();
    }

    [Fact]
    public async Task A_journal_beyond_the_bound_of_journals_is_refused_before_it_is_here()
    {
        await using var host = await IdentityHost.StartAsync();
        var options = host.Services.GetRequiredService<IOptions<JournalOptions>>().Value;
        (options.MaxBytes, options.SegmentBytes) = (1 << 20, 1 << 10);
        var header = new byte[8 + (2 << 20)];
        BinaryPrimitives.WriteInt32LittleEndian(header, 1);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), 2 << 20);

        var answer = await SendAsync(host, header);

        (answer.Status, answer.Code).Should().Be((413, "request_too_large"));
        answer.Text.Should().Contain("Gateway:Journal:MaxMegabytes");
        Leftovers(host).Should().BeEmpty();
    }

    [Fact]
    public async Task Only_an_admin_writes_usage()
    {
        await using var host = await IdentityHost.StartAsync();
        using var folder = new TempFolder();
        var body = Body(Written(folder, "s1", completed: 3, open: 0));
        var @operator = await host.CreateKeyAsync(new ApiKeyDraft { Name = "operator", Role = "operator" });

        (await SendAsync(host, body, @operator.Text!)).Status.Should().Be(403);
        (await SendAsync(host, body, "gw-nobody")).Status.Should().Be(401);
        (await new KeyClient(host).GetAsync("/admin/journals")).Status.Should().Be(405);
    }

    /// <returns>The session's folder.</returns>
    private static string Written(TempFolder folder, string session, int completed, int open)
    {
        var random = new Random(session.GetHashCode(StringComparison.Ordinal));
        using var journal = UsageJournal.Open(new JournalOptions { SegmentBytes = 32 << 10 }, folder.File("journal"), session, "lost-node");
        for (var number = 0; number < completed + open; number++)
        {
            journal.TryBegin(Samples.Intent(random), out var ticket).Should().BeTrue();
            if (number < completed)
            {
                journal.Complete(ticket, Samples.Outcome(random));
            }
        }

        return SessionFolder.PathOf(folder.File("journal"), session);
    }

    private static byte[] Body(string session)
    {
        using var body = new MemoryStream();
        foreach (var segment in SessionFolder.Segments(session))
        {
            var content = File.ReadAllBytes(SessionFolder.SegmentPath(session, segment));
            body.Write(BitConverter.GetBytes(segment));
            body.Write(BitConverter.GetBytes(content.Length));
            body.Write(content);
        }

        return body.ToArray();
    }

    private static async Task<Answer> SendAsync(IdentityHost host, byte[] body, string credential = IdentityHost.AdminKey)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/journals") { Content = new ByteArrayContent(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), null, false);
    }

    private static string[] Leftovers(IdentityHost host)
    {
        var uploads = Path.Combine(host.Services.GetRequiredService<IOptions<NodeOptions>>().Value.DataDirectory, "uploads");
        return Directory.Exists(uploads) ? Directory.GetFileSystemEntries(uploads) : [];
    }
}
