using System.Buffers;
using Gateway.Api.Http;

namespace Gateway.Api.Tests.Http;

public sealed class RequestBodyTests
{
    [Fact]
    public void A_body_stays_while_somebody_holds_it()
    {
        var body = new RequestBody(ArrayPool<byte>.Shared.Rent(16), 5);

        body.TryHold().Should().BeTrue();
        body.Release();

        body.TryHold().Should().BeTrue("the second holder is still there");
        body.Release();
        body.Release();
        body.TryHold().Should().BeFalse("the last holder let go");
    }

    [Fact]
    public async Task Holders_that_race_with_the_last_release_hold_it_or_are_told()
    {
        for (var round = 0; round < 200; round++)
        {
            var body = new RequestBody(ArrayPool<byte>.Shared.Rent(16), 5);
            var holders = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                if (body.TryHold())
                {
                    body.Memory.Length.Should().Be(5);
                    body.Release();
                }
            }, TestContext.Current.CancellationToken)).ToArray();
            body.Release();
            await Task.WhenAll(holders);

            body.TryHold().Should().BeFalse();
        }
    }
}
