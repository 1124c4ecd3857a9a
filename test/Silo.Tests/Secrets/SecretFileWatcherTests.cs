using Gateway.Silo.Settings;
using Gateway.Silo.Settings.Secrets;
using Gateway.Silo.Tests.Settings;
using Gateway.Testing;
using Gateway.Testing.Tls;
using Microsoft.Extensions.Logging;

namespace Gateway.Silo.Tests.Secrets;

public sealed class SecretFileWatcherTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly RecordingLogger _log = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task New_keys_are_in_force_at_the_next_look()
    {
        var path = _home.Write("tokens", """{"a":"old"}""");
        var settings = SettingsFor.Valid(_home, ("METIS_API_TOKENS_FILE", "tokens"));
        using var watcher = await StartAsync(settings);

        _home.Write("tokens", """{"a":"new"}""");

        await LooksUntilAsync(() => settings.Credentials.Find("a")!.Keys[0] == "new");
        _log.Lines.Should().ContainSingle().Which.Should().Contain("METIS_API_TOKENS").And.Contain(path);
    }

    [Theory]
    [InlineData("METIS_API_TOKENS_FILE", """{"a":"old"}""", """{"a":"new"}""")]
    [InlineData("GATEWAY_ACCESS", "{}\n", """{"default":"deny"}""")]
    public async Task What_changed_between_the_reading_of_the_settings_and_the_watch_is_taken_over(string setting, string before, string after)
    {
        _home.Write("file", before);
        var settings = SettingsFor.Valid(_home, (setting, "file"));
        _home.Write("file", after);

        using var watcher = await StartAsync(settings);

        await LooksUntilAsync(() => _log.Lines.Count > 0);
        _log.Lines.Should().ContainSingle().Which.Should().Contain("took over");
    }

    [Theory]
    [InlineData("METIS_API_TOKENS_FILE", "{\"a\":\"old\"}\n")]
    [InlineData("GATEWAY_ACCESS", "{}\n")]
    public async Task What_did_not_change_is_not_taken_over(string setting, string content)
    {
        _home.Write("file", content);
        _home.Write("admin", new string('1', 40));
        var settings = SettingsFor.Valid(_home, (setting, "file"), ("GATEWAY_ADMIN_KEY_FILE", "admin"));
        using var watcher = await StartAsync(settings);

        _home.Write("admin", new string('2', 40));

        await LooksUntilAsync(() => settings.Identity.AdminKey == new string('2', 40));
        _log.Lines.Should().ContainSingle().Which.Should().Contain("GATEWAY_ADMIN_KEY");
    }

    [Fact]
    public async Task A_symbolic_link_swapped_above_the_file_is_noticed()
    {
        _home.Write("v1/key", new string('1', 40));
        _home.Write("v2/key", new string('2', 40));
        var link = Path.Combine(_home.Path, "current");
        Directory.CreateSymbolicLink(link, Path.Combine(_home.Path, "v1"));
        var settings = SettingsFor.Valid(_home, ("GATEWAY_ADMIN_KEY_FILE", "current/key"));
        using var watcher = await StartAsync(settings);

        Directory.Delete(link);
        Directory.CreateSymbolicLink(link, Path.Combine(_home.Path, "v2"));

        await LooksUntilAsync(() => settings.Identity.AdminKey == new string('2', 40));
    }

    [Theory]
    [InlineData("{canary")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Content_that_is_no_good_is_told_once_and_changes_nothing(string? content)
    {
        var path = _home.Write("tokens", """{"a":"old"}""");
        var settings = SettingsFor.Valid(_home, ("METIS_API_TOKENS_FILE", "tokens"));
        using var watcher = await StartAsync(settings);

        if (content is null)
        {
            File.Delete(path);
        }
        else
        {
            _home.Write("tokens", content);
        }

        await LooksUntilAsync(() => _log.Lines.Count > 0);
        _time.Advance(SecretFileWatcher.Period * 3);

        settings.Credentials.Find("a")!.Keys.Should().Equal("old");
        _log.Lines.Should().ContainSingle().Which.Should().Contain("stays in force").And.NotContain("canary");
    }

    [Fact]
    public async Task A_file_that_hangs_holds_up_no_other_and_is_taken_over_when_it_answers()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes have no names in folders there.");
        var hanging = _home.Write("admin", new string('1', 40));
        _home.Write("tokens", """{"a":"old"}""");
        var settings = SettingsFor.Valid(_home, ("GATEWAY_ADMIN_KEY_FILE", "admin"), ("METIS_API_TOKENS_FILE", "tokens"));
        using var watcher = await StartAsync(settings);
        File.Delete(hanging);
        using (var made = System.Diagnostics.Process.Start("mkfifo", [hanging]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        try
        {
            _home.Write("tokens", """{"a":"new"}""");
            await LooksUntilAsync(() => settings.Credentials.Find("a")!.Keys[0] == "new");
            settings.Identity.AdminKey.Should().Be(new string('1', 40));
        }
        finally
        {
            await File.WriteAllTextAsync(hanging, new string('2', 40), TestContext.Current.CancellationToken);
        }

        await LooksUntilAsync(() => settings.Identity.AdminKey == new string('2', 40));
        File.Delete(hanging);
    }

    [Fact]
    public async Task A_new_authorization_reaches_the_manifest_sources()
    {
        _home.Write("auth", "Bearer old");
        var settings = SettingsFor.Valid(_home, ("METIS_STATUS_URL", "https://x/s.json"), ("METIS_STATUS_AUTHORIZATION_FILE", "auth"));
        using var watcher = await StartAsync(settings);

        _home.Write("auth", "Bearer new");

        await LooksUntilAsync(() => settings.Manifest.Sources[0].Authorization == "Bearer new");
    }

    [Theory]
    [InlineData("cluster")]
    [InlineData("server")]
    public async Task A_certificate_that_is_not_valid_yet_is_told_once_and_taken_over_when_it_is(string which)
    {
        using var authority = new TestAuthority();
        var (certificate, key) = authority.PeerFiles("one");
        (certificate, key) = (Copy(certificate, "tls.crt"), Copy(key, "tls.key"));
        (string, string)[] values = which == "server"
            ? [("GATEWAY_TLS_CERT_FILE", certificate), ("GATEWAY_TLS_KEY_FILE", key), ("ASPNETCORE_URLS", "https://localhost:8443")]
            :
            [
                ("REDIS_URL", "redis://redis.example"), ("DATABASE_URL", "postgres://u:p@db.example/gateway"), ("CLUSTER_SECRET", new string('s', 32)), ("GATEWAY_ADMIN_KEY", new string('a', 32)),
                ("Gateway__Cluster__Tls__CertificateFile", certificate), ("Gateway__Cluster__Tls__KeyFile", key), ("Gateway__Cluster__Tls__CaFile", authority.File),
            ];
        var settings = SettingsFor.Valid(_home, values);
        string Subject() => which == "cluster" ? settings.Cluster.Certificates!.Certificate.Subject : settings.Http.Certificates!.Current.TargetCertificate.Subject;
        using var watcher = await StartAsync(settings);

        var validFrom = _time.GetUtcNow().AddHours(1);
        var (renewed, renewedKey) = authority.PeerFiles("two", validFrom, validFrom.AddHours(1));
        Copy(renewed, "tls.crt");
        Copy(renewedKey, "tls.key");
        await LooksUntilAsync(() => _log.Lines.Any(line => line.Contains("not valid yet")));
        await LooksUntilAsync(() => _log.Lines.Any(line => line.Contains(which == "server" ? "GATEWAY_TLS_KEY_FILE" : "KeyFile")));
        Subject().Should().Be("CN=one");

        _time.Advance(TimeSpan.FromHours(1));

        await LooksUntilAsync(() => Subject() == "CN=two" && _log.Lines.Count(line => line.Contains("took over")) == 2);
        _log.Lines.Where(line => line.Contains("not valid yet")).Should().OnlyHaveUniqueItems();
    }

    private string Copy(string file, string name)
    {
        var path = Path.Combine(_home.Path, name);
        File.Copy(file, path, overwrite: true);
        return path;
    }

    [Fact]
    public async Task Content_that_its_reader_fails_at_is_told_and_ends_no_watch()
    {
        var path = _home.Write("prices", "first");
        var taken = new List<string>();
        using var watcher = await StartAsync([new WatchedSecret("GATEWAY_PRICES", path, "first", text =>
        {
            taken.Add(text == "canary" ? throw new InvalidOperationException(text) : text);
            return null;
        })]);

        _home.Write("prices", "canary");
        await LooksUntilAsync(() => _log.Lines.Count > 0);
        _log.Lines.Should().ContainSingle().Which.Should().Contain("GATEWAY_PRICES").And.Contain("cannot be understood").And.NotContain("canary");
        _home.Write("prices", "good");

        await LooksUntilAsync(() => taken.Count > 0);
        taken.Should().Equal("good");
    }

    private Task<SecretFileWatcher> StartAsync(GatewaySettings settings) => StartAsync(settings.WatchedSecrets);

    private async Task<SecretFileWatcher> StartAsync(IEnumerable<WatchedSecret> secrets)
    {
        var watcher = new SecretFileWatcher(secrets, _time, _log);
        await watcher.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => _time.ArmedTimers > 0, "the watcher waits for its next look");
        return watcher;
    }

    private Task LooksUntilAsync(Func<bool> condition) => Eventually.TrueAsync(
        () =>
        {
            _time.Advance(SecretFileWatcher.Period);
            return condition();
        },
        "a look at the file has its effect");

    private sealed class RecordingLogger : ILogger<SecretFileWatcher>
    {
        private readonly Lock _gate = new();
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_gate)
                {
                    return [.. _lines];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_gate)
            {
                _lines.Add(formatter(state, exception));
            }
        }
    }
}
