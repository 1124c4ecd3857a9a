using Gateway.Abstractions.Endpoints;
using Gateway.Api.Forwarding.Attempts;
using Gateway.Api.Tests.Forwarding.Answers;

namespace Gateway.Api.Tests.Forwarding.Attempts;

public sealed class FailoverRuleTests
{
    [Theory]
    [InlineData(UpstreamFailure.FirstByteTimeout)]
    [InlineData(UpstreamFailure.IdleTimeout)]
    public void Silence_on_a_sent_unary_request_is_waited_out(UpstreamFailure silence)
    {
        var sent = Failures.Of(silence) with { FullySent = true };

        FailoverRule.Allows(sent, stream: false).Should().BeFalse();
        FailoverRule.Allows(sent, stream: true).Should().BeTrue();
        FailoverRule.Allows(sent with { FullySent = false }, stream: false).Should().BeTrue();
        FailoverRule.Allows(sent with { Candidate = Failures.Candidate(retryUnary: true) }, stream: false).Should().BeTrue();
    }

    [Theory]
    [InlineData(UpstreamFailure.None)]
    [InlineData(UpstreamFailure.CallerGone)]
    [InlineData(UpstreamFailure.TotalTimeout)]
    public void Some_ends_are_final(UpstreamFailure failure) => FailoverRule.Allows(Failures.Of(failure), stream: true).Should().BeFalse();

    [Fact]
    public void Every_other_failure_may_go_elsewhere() =>
        Enum.GetValues<UpstreamFailure>()
            .Except([UpstreamFailure.None, UpstreamFailure.CallerGone, UpstreamFailure.TotalTimeout])
            .Should().OnlyContain(failure => FailoverRule.Allows(Failures.Of(failure), true));
}
