using System.Net.Sockets;
using System.Security.Authentication;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Forwarding.Upstream;
using Gateway.Grains.Network;
using Gateway.Testing;

namespace Gateway.Api.Tests.Forwarding.Upstream;

public sealed class SendFailureTests
{
    public static TheoryData<Exception, UpstreamFailure> Causes() => new()
    {
        { new HttpRequestException(HttpRequestError.NameResolutionError), UpstreamFailure.ConnectFailed },
        { new HttpRequestException(HttpRequestError.ConnectionError, null, new SocketException((int)SocketError.ConnectionRefused)), UpstreamFailure.ConnectFailed },
        { new HttpRequestException(HttpRequestError.ConnectionError, null, new TimeoutException()), UpstreamFailure.ConnectTimeout },
        { new HttpRequestException(HttpRequestError.ConnectionError, null, new AddressRefusedException()), UpstreamFailure.AddressRefused },
        { new HttpRequestException(HttpRequestError.SecureConnectionError), UpstreamFailure.TlsFailed },
        { new HttpRequestException("", new AuthenticationException()), UpstreamFailure.TlsFailed },
        { new HttpRequestException(HttpRequestError.ResponseEnded), UpstreamFailure.ResetBeforeAnswer },
        { new HttpRequestException("", new IOException("", new SocketException((int)SocketError.ConnectionReset))), UpstreamFailure.ResetBeforeAnswer },
        { new HttpRequestException(HttpRequestError.InvalidResponse), UpstreamFailure.ProtocolError },
        { new HttpRequestException(HttpRequestError.ConfigurationLimitExceeded), UpstreamFailure.ProtocolError },
        { new TaskCanceledException("", new TimeoutException()), UpstreamFailure.ConnectTimeout },
        { new FormatException(), UpstreamFailure.ProtocolError },
    };

    [Theory]
    [MemberData(nameof(Causes))]
    public void Each_exception_has_its_name(Exception exception, UpstreamFailure failure)
    {
        using var deadline = new AttemptDeadline(new FakeTimeProvider(), CancellationToken.None);
        deadline.Arm(TimeSpan.FromSeconds(1));

        SendFailure.BeforeAnswer(exception, deadline, UpstreamFailure.TotalTimeout).Should().Be(failure);
    }

    [Fact]
    public void A_deadline_that_was_reached_explains_whatever_was_thrown()
    {
        var time = new FakeTimeProvider();
        using var deadline = new AttemptDeadline(time, CancellationToken.None);
        deadline.Arm(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(1));

        SendFailure.BeforeAnswer(new IOException(), deadline, UpstreamFailure.FirstByteTimeout).Should().Be(UpstreamFailure.FirstByteTimeout);
        SendFailure.InAnswer(deadline, UpstreamFailure.IdleTimeout).Should().Be(UpstreamFailure.IdleTimeout);
    }

    [Fact]
    public void A_caller_who_went_explains_it_before_all_else()
    {
        using var deadline = new AttemptDeadline(new FakeTimeProvider(), new CancellationToken(canceled: true));
        deadline.Arm(TimeSpan.FromSeconds(1));

        SendFailure.BeforeAnswer(new HttpRequestException(HttpRequestError.ResponseEnded), deadline, UpstreamFailure.TotalTimeout).Should().Be(UpstreamFailure.CallerGone);
        SendFailure.InAnswer(deadline, UpstreamFailure.IdleTimeout).Should().Be(UpstreamFailure.CallerGone);
    }
}
