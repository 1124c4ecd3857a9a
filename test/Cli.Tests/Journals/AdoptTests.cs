using System.Net.Sockets;
using Gateway.Cli.Http;
using Gateway.Cli.Identity;
using Gateway.Cli.Rigs;

namespace Gateway.Cli.Journals;

public sealed class AdoptTests : IAsyncLifetime
{
    private const UnixFileMode ForAll = (UnixFileMode)0b111_111_111;

    private readonly CliRig _rig = new();

    public async ValueTask InitializeAsync()
    {
        await _rig.SignInAsync();
        _rig.Gateway.Answer("POST /admin/journals", """{"session":"a","node":"node-1","records":7,"damages":1}""");
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Every_journal_below_the_folder_is_sent_in_the_order_of_its_files_and_deleted()
    {
        _rig.Home.Write("lost/data/journal/session-a/00000010.seg", "tenth");
        _rig.Home.Write("lost/data/journal/session-a/00000002.seg", "second");
        _rig.Home.Write("lost/data/journal/session-a/totals.json", "{}");
        _rig.Home.Write("lost/data/journal/session-a/totals.json.new", "{");
        _rig.Home.Write("lost/data/journal/session-a/lock", "");
        WriteJournal("lost/other/session-b", "b");
        _rig.Home.Write("lost/other/session-empty/lock", "");
        _rig.Home.Write("lost/other/session-half-deleted/lock", "");
        _rig.Home.Write("lost/other/session-half-deleted/totals.json", "{}");
        _rig.Home.Write("lost/data/gateway.db", "stays");

        var result = await _rig.RunAsync("journal", "adopt", _rig.Home.File("lost"));

        result.ShouldEndWith(ExitCodes.Ok).Output.Should().Be("2 journals taken in with 14 records; 0 are in use; 2 places could not be read" + Environment.NewLine);
        result.Error.Should().Contain("7 records of node-1");
        var (first, second) = (_rig.Gateway.Requests.First(), _rig.Gateway.Requests.Last());
        first.BodyText.Should().Be("\0\0\0\0\u0002\0\0\0{}\u0002\0\0\0\u0006\0\0\0second\n\0\0\0\u0005\0\0\0tenth");
        second.BodyText.Should().Be("\u0001\0\0\0\u0001\0\0\0b");
        first["authorization"].Should().Be("Bearer " + CliRig.ApiKey);
        Directory.GetDirectories(_rig.Home.File("lost"), "session-*", SearchOption.AllDirectories).Should().BeEmpty();
        File.Exists(_rig.Home.File("lost/data/gateway.db")).Should().BeTrue();
    }

    [Fact]
    public async Task What_a_process_holds_is_left_alone_and_said_so()
    {
        WriteJournal("data/journal/session-a", "a");
        WriteJournal("data/journal/session-b", "b");
        await using var held = new FileStream(_rig.Home.File("data/journal/session-a/lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        var result = await _rig.RunAsync("journal", "adopt", _rig.Home.File("data"), "--json");

        result.ShouldEndWith(ExitCodes.Failed).Output.TrimEnd().Should().Be("""{"sessions":1,"records":7,"in_use":1,"damages":1,"failed":0}""");
        result.Error.Should().Contain("session-a is in use").And.Contain("Stop the front-ends");
        Directory.GetDirectories(_rig.Home.File("data/journal")).Should().Equal(_rig.Home.File("data/journal/session-a"));
    }

    [Theory, InlineData(503, ExitCodes.Unreachable), InlineData(403, ExitCodes.Denied), InlineData(409, ExitCodes.Failed)]
    public async Task What_the_gateway_does_not_take_stays(int status, int exitCode)
    {
        WriteJournal("data/journal/session-a", "a");
        _rig.Gateway.Answer("POST /admin/journals", """{"error":{"message":"Not now.","code":"x"}}""", status);

        var result = await _rig.RunAsync("journal", "adopt", _rig.Home.File("data"));

        result.ShouldEndWith(exitCode).Error.Should().Contain("Not now.");
        (await File.ReadAllTextAsync(_rig.Home.File("data/journal/session-a/00000001.seg"), TestContext.Current.CancellationToken)).Should().Be("a");
    }

    [Fact]
    public async Task A_folder_without_journals_has_none_and_one_that_is_not_there_is_a_mistake()
    {
        _rig.Home.Write("data/x", "");

        (await _rig.RunAsync("journal", "adopt", _rig.Home.File("data"))).ShouldEndWith(ExitCodes.Ok).Output.Should().StartWith("0 journals");
        (await _rig.RunAsync("journal", "adopt", _rig.Home.File("nowhere"))).ShouldEndWith(ExitCodes.Usage).Error.Should().Contain("There is no folder").And.Contain("nowhere");
        _rig.Gateway.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_large_journal_is_sent_as_a_whole()
    {
        var content = new string('x', 3 << 20);
        WriteJournal("session-a", content);

        (await _rig.RunAsync("journal", "adopt", _rig.Home.File("session-a"))).ShouldEndWith(ExitCodes.Ok);

        _rig.Gateway.Requests.Single().Body.Length.Should().Be(content.Length + 8);
    }

    [Theory]
    [InlineData("thesis.txt", "sub/notes.txt")]
    [InlineData("lock", "thesis.txt")]
    [InlineData("lock", "sub/notes.txt")]
    [InlineData("lock", "1.seg")]
    [InlineData("lock", "00000000.seg")]
    [InlineData("lock", "00000001.seg/notes.txt")]
    [InlineData("lock=held by 17")]
    public async Task A_folder_that_is_no_journal_is_left_alone_whatever_its_name(params string[] files)
    {
        foreach (var file in files.Select(file => file.Split('=')))
        {
            _rig.Home.Write("home/alice/session-notes/" + file[0], file.Length > 1 ? file[1] : file[0] == "lock" ? "" : "mine");
        }

        var folder = _rig.Home.File("home/alice/session-notes");
        var before = Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories);

        (await _rig.RunAsync("journal", "adopt", _rig.Home.File("home"))).ShouldEndWith(ExitCodes.Ok).Error.Should().Contain($"{folder} is no journal");
        (await _rig.RunAsync("journal", "adopt", folder)).ShouldEndWith(ExitCodes.Ok);

        Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories).Should().Equal(before);
        _rig.Gateway.Requests.Should().BeEmpty();
    }

    [Theory, InlineData(400, "invalid_journal", 0), InlineData(413, "request_too_large", 0), InlineData(409, "journal_in_use", 1), InlineData(409, "journal_of_another_cluster", 0)]
    public async Task A_journal_that_the_gateway_does_not_take_holds_up_no_other_and_is_named(int status, string code, int inUse)
    {
        WriteJournal("data/journal/session-aaa", "damaged");
        WriteJournal("data/journal/session-zzz", "whole");
        _rig.Gateway["POST /admin/journals"] = exchange => exchange.Request.BodyText.Contains("damaged", StringComparison.Ordinal)
            ? Replies.Json(status, $$$"""{"error":{"message":"Not this one.","code":"{{{code}}}"}}""")(exchange)
            : Replies.Json(200, """{"session":"zzz","node":"node-1","records":7,"damages":0}""")(exchange);

        var result = await _rig.RunAsync("journal", "adopt", _rig.Home.File("data"), "--json");

        result.ShouldEndWith(ExitCodes.Failed).Output.TrimEnd().Should().Be($$"""{"sessions":1,"records":7,"in_use":{{inUse}},"damages":0,"failed":{{1 - inUse}}}""");
        result.Error.Should().Contain(_rig.Home.File("data/journal/session-aaa") + ": Not this one.").And.NotContain("session-zzz: Not");
        Directory.GetDirectories(_rig.Home.File("data/journal")).Should().Equal(_rig.Home.File("data/journal/session-aaa"));
    }

    [Fact]
    public async Task A_journal_whose_lock_cannot_be_opened_is_not_said_to_be_in_use_and_holds_up_no_other()
    {
        WriteJournal("data/session-aaa", "a");
        WriteJournal("data/session-zzz", "z");
        File.Delete(_rig.Home.File("data/session-aaa/lock"));
        using var unopenable = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        unopenable.Bind(new UnixDomainSocketEndPoint(_rig.Home.File("data/session-aaa/lock")));

        var result = await _rig.RunAsync("journal", "adopt", _rig.Home.File("data"), "--json");

        result.ShouldEndWith(ExitCodes.Failed).Output.TrimEnd().Should().Be("""{"sessions":1,"records":7,"in_use":0,"damages":1,"failed":1}""");
        result.Error.Should().Contain(_rig.Home.File("data/session-aaa") + ": ").And.NotContain("in use");
    }

    [Fact]
    public void A_folder_that_nobody_may_enter_hides_no_journal_and_the_file_system_s_own_is_none()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        WriteJournal("lost/session-a", "a");
        WriteJournal("lost/other/session-b", "b");
        foreach (var closed in (string[])["lost/lost+found", "lost/closed"])
        {
            Directory.CreateDirectory(_rig.Home.File(closed));
            File.SetUnixFileMode(_rig.Home.File(closed), UnixFileMode.None);
        }

        foreach (var open in (string[])["", "lost", "lost/other", "lost/session-a", "lost/other/session-b"])
        {
            File.SetUnixFileMode(_rig.Home.File(open), ForAll);
        }

        var search = AnotherUser.Runs(() => new JournalSearch(_rig.Home.File("lost")));

        search.Sessions.Should().Equal(_rig.Home.File("lost/other/session-b"), _rig.Home.File("lost/session-a"));
        search.Closed.Should().ContainSingle().Which.Message.Should().StartWith(_rig.Home.File("lost/closed") + ":");
    }

    [Fact]
    public async Task A_folder_with_segments_that_is_no_journal_is_a_failure()
    {
        _rig.Home.Write("data/session-aaa/00000001.seg", "its lock was not copied");
        WriteJournal("data/session-zzz", "z");

        var result = await _rig.RunAsync("journal", "adopt", _rig.Home.File("data"), "--json");

        result.ShouldEndWith(ExitCodes.Failed).Json["failed"]!.GetValue<int>().Should().Be(1);
        result.Json["sessions"]!.GetValue<int>().Should().Be(1);
        result.Error.Should().Contain("session-aaa is no journal");
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_no_connection_that_broke()
    {
        var file = new FileInfo(_rig.Home.Write("session-a/00000001.seg", "a"));
        file.Length.Should().Be(1);
        File.Delete(file.FullName);
        var client = new GatewayClient(_rig.Host(TextReader.Null, TextWriter.Null, TextWriter.Null), _rig.Gateway.Origin, new FixedCredential(CliRig.ApiKey));

        var sending = () => client.PostAsync("/admin/journals", () => new JournalContent("session-a", [(1, file)]), CancellationToken.None);

        (await sending.Should().ThrowAsync<JournalException>()).WithMessage("session-a: Could not find*");
    }

    private void WriteJournal(string session, string content)
    {
        _rig.Home.Write(session + "/lock", "");
        _rig.Home.Write(session + "/00000001.seg", content);
    }
}
