using System.Net;
using Gateway.Grains.Network;

namespace Gateway.Grains.Tests.Network;

public sealed class HostNamesTests
{
    [Fact]
    public async Task A_name_server_that_is_silent_holds_up_nobody_beyond_its_deadline()
    {
        using var deadline = new CancellationTokenSource();
        var never = new TaskCompletionSource<IPAddress[]>();

        var finding = HostNames.FindAsync("host.test", (_, _) => never.Task, deadline.Token);
        await deadline.CancelAsync();

        await FluentActions.Awaiting(() => finding.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task What_the_look_up_finds_or_fails_with_is_passed_on()
    {
        (await HostNames.FindAsync("host.test", (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]), CancellationToken.None)).Should().Equal(IPAddress.Loopback);

        var failing = () => HostNames.FindAsync("host.test", (_, _) => Task.FromException<IPAddress[]>(new IOException("gone")), CancellationToken.None);
        await failing.Should().ThrowAsync<IOException>();
    }
}
