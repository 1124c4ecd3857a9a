using Gateway.Cli.Rigs;

namespace Gateway.Cli.Profiles;

public sealed class ProfileStoreTests : IAsyncLifetime
{
    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly CliRig _rig = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Only_the_owner_can_read_the_file_and_its_folder_and_no_copy_is_left()
    {
        await _rig.SignInAsync();

        var folder = Path.GetDirectoryName(_rig.CredentialFile)!;
        Directory.GetFiles(folder).Select(Path.GetFileName).Should().BeEquivalentTo("credentials.json", "credentials.json.lock");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(_rig.CredentialFile).Should().Be(OnlyOwner);
            File.GetUnixFileMode(folder).Should().Be(OnlyOwner | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task A_file_that_others_could_read_is_closed_at_the_next_use()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("there are no modes");
            return;
        }

        await _rig.SignInAsync();
        File.SetUnixFileMode(_rig.CredentialFile, OnlyOwner | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        (await _rig.RunAsync("token")).ShouldEndWith(ExitCodes.Ok);

        File.GetUnixFileMode(_rig.CredentialFile).Should().Be(OnlyOwner);
    }

    [Theory]
    [InlineData("""{"schema":1,"profiles":{"default":{"gateway":1,"credential":{"api_key":"gw-CANARY"}}}}""", "is damaged")]
    [InlineData("gw-CANARY", "is damaged")]
    [InlineData("""{"schema":2,"profiles":{}}""", "newer version")]
    public async Task A_file_that_cannot_be_used_is_named_but_not_shown(string content, string reason)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_rig.CredentialFile)!);
        await File.WriteAllTextAsync(_rig.CredentialFile, content);

        (await _rig.RunAsync("token")).ShouldEndWith(ExitCodes.Failed).Error.Should().Contain(_rig.CredentialFile).And.Contain(reason).And.NotContain("CANARY");
    }

    [Fact]
    public async Task Changes_at_the_same_time_are_all_kept()
    {
        await Task.WhenAll(Enumerable.Range(0, 10).Select(number => Task.Run(() => _rig.SignInAsync(name: $"profile-{number}"))));

        (await _rig.Store.ReadAsync(CancellationToken.None)).Profiles.Should().HaveCount(10);
    }

    [Fact]
    public async Task A_change_that_fails_leaves_the_file_and_the_lock_as_they_were()
    {
        await _rig.SignInAsync();
        var before = await File.ReadAllTextAsync(_rig.CredentialFile);

        var failing = () => _rig.Store.ChangeAsync(new Func<ProfileBook, ProfileBook>(_ => throw new CliException(ExitCodes.Failed, "no")), CancellationToken.None);

        await failing.Should().ThrowAsync<CliException>();
        (await File.ReadAllTextAsync(_rig.CredentialFile)).Should().Be(before);
        await _rig.SignInAsync(name: "another");
    }

    [Fact]
    public async Task Without_XDG_the_file_is_in_the_home_folder()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "see the profile folder there");
        _rig.Variables.Remove("XDG_CONFIG_HOME");

        await _rig.SignInAsync();

        File.Exists(_rig.Home.File(".config/gateway/credentials.json")).Should().BeTrue();
    }

    [Fact]
    public void A_credential_never_prints_itself() =>
        $"{new Credential { ApiKey = "gw-CANARY" }} {new Profile { Gateway = "https://x", Credential = new Credential { ApiKey = "gw-CANARY" } }}".Should().NotContain("CANARY");
}
