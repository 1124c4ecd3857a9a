using Gateway.Api.Authentication.Keys;
using Gateway.Api.Tests.Management.Keys;
using Gateway.Storage.Keys;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Api.Tests.Authentication.Keys;

public sealed class KeyUseTests
{
    [Fact]
    public async Task The_last_use_is_shown_once_it_was_recorded()
    {
        await using var host = await IdentityHost.StartAsync();
        var used = await host.CreateKeyAsync();
        var unused = await host.CreateKeyAsync();
        await host.AuthenticateAsync(used.Text!);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        await host.AuthenticateAsync(used.Text!);

        await host.Services.GetRequiredService<KeyUseRecorder>().RecordAsync(TestContext.Current.CancellationToken);

        var client = new KeyClient(host);
        ((string?)(await client.GetAsync($"/admin/keys/{used.Record!.Id}")).Json["last_used_at"]).Should().Be("2030-01-01T00:01:00Z");
        ((string?)(await client.GetAsync($"/admin/keys/{unused.Record!.Id}")).Json["last_used_at"]).Should().BeNull();
    }

    [Fact]
    public async Task A_use_survives_the_end_of_the_process_and_a_change_of_the_key()
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync();
        {
            await using var other = await IdentityHost.StartAsync(beside: host);
            await other.AuthenticateAsync(key.Text!);
            await new KeyClient(other).PatchAsync(key.Record!.Id, """{"name":"renamed"}""");
        }

        ((string?)(await new KeyClient(host).GetAsync($"/admin/keys/{key.Record.Id}")).Json["last_used_at"]).Should().NotBeNull();
    }

    [Fact]
    public async Task A_use_that_cannot_be_written_keeps_no_other_from_being_written()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var recorder = new KeyUseRecorder(
            host.Services.GetRequiredService<ApiKeySnapshot>(), host.Services.GetRequiredService<KeyUseLog>(), host.Time, NullLogger<KeyUseRecorder>.Instance) { BatchSize = 1 };
        List<string> ids = [];
        for (var number = 0; number < 3; number++)
        {
            var key = await host.CreateKeyAsync();
            await host.AuthenticateAsync(key.Text!);
            ids.Add(key.Record!.Id);
        }

        await host.ExecuteAsync($"CREATE TRIGGER broken BEFORE INSERT ON key_uses WHEN NEW.key_id = '{ids[0]}' BEGIN SELECT RAISE(ABORT, 'broken'); END");
        for (var turn = 0; turn < 2; turn++)
        {
            await recorder.RecordAsync(TestContext.Current.CancellationToken);
        }

        ((string?)(await client.GetAsync($"/admin/keys/{ids[0]}")).Json["last_used_at"]).Should().BeNull();
        ((string?)(await client.GetAsync($"/admin/keys/{ids[1]}")).Json["last_used_at"]).Should().NotBeNull();
        ((string?)(await client.GetAsync($"/admin/keys/{ids[2]}")).Json["last_used_at"]).Should().NotBeNull();
    }

    [Fact]
    public async Task A_failure_that_nobody_expects_is_logged_and_ends_nothing()
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync();
        await host.AuthenticateAsync(key.Text!);
        using var log = new LogCollector();
        using var loggers = new LoggerFactory([log]);
        var recorder = new KeyUseRecorder(host.Services.GetRequiredService<ApiKeySnapshot>(), new KeyUseLog(null!), host.Time, loggers.CreateLogger<KeyUseRecorder>());

        await recorder.RecordAsync(TestContext.Current.CancellationToken);

        log.Lines.Should().ContainSingle().Which.Should().Contain(nameof(NullReferenceException));
        host.Services.GetRequiredService<ApiKeySnapshot>().Usages.Should().Contain(usage => usage.IsNews);
    }

    [Fact]
    public void A_key_in_constant_use_is_noted_once_a_second()
    {
        var time = new ManualTime();
        var usage = new KeyUsage("k");
        usage.IsNews.Should().BeFalse();
        usage.Note(time.GetUtcNow());
        var first = usage.UsedAt;
        time.Advance(TimeSpan.FromMilliseconds(999));
        usage.Note(time.GetUtcNow());
        usage.UsedAt.Should().Be(first);
        usage.Recorded(first);
        usage.IsNews.Should().BeFalse();
        time.Advance(TimeSpan.FromMilliseconds(1));
        usage.Note(time.GetUtcNow());

        usage.IsNews.Should().BeTrue();
    }
}
