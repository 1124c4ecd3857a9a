using System.Buffers;
using Gateway.Api.Forwarding.Body;
using Gateway.Api.Forwarding.Upstream;
using Gateway.Api.Http;
using Gateway.Testing;

namespace Gateway.Api.Tests.Forwarding.Body;

public sealed class SplicedContentTests
{
    [Fact]
    public async Task An_upload_that_took_its_time_leaves_the_answer_only_the_rest_of_the_total()
    {
        var time = new FakeTimeProvider();
        using var deadline = new AttemptDeadline(time, CancellationToken.None);
        var startedAt = time.GetTimestamp();
        deadline.Arm(TimeSpan.FromSeconds(30));
        using var content = new SplicedContent(new RequestBody(ArrayPool<byte>.Shared.Rent(16), 16), [], deadline, startedAt, TimeSpan.FromSeconds(30), time);
        time.Advance(TimeSpan.FromSeconds(25));

        await content.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(4));
        deadline.Token.IsCancellationRequested.Should().BeFalse();
        time.Advance(TimeSpan.FromSeconds(1));

        deadline.Token.IsCancellationRequested.Should().BeTrue();
    }
}
