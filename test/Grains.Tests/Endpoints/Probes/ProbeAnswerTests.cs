using System.Net;
using Gateway.Abstractions.Endpoints;
using Gateway.Grains.Endpoints.Probes;

namespace Gateway.Grains.Tests.Endpoints.Probes;

public sealed class ProbeAnswerTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(204)]
    [InlineData(302)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(402)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(429)]
    [InlineData(501)]
    public void Whoever_answers_is_alive(int status) =>
        ProbeAnswer.Of((HttpStatusCode)status, false).Should().Be(new ProbeAnswer(ProbeWord.Alive, UpstreamFailure.None, status));

    [Theory]
    [InlineData(408, UpstreamFailure.RequestTimeout)]
    [InlineData(500, UpstreamFailure.ServerError)]
    [InlineData(502, UpstreamFailure.ServerError)]
    [InlineData(503, UpstreamFailure.Unavailable)]
    [InlineData(504, UpstreamFailure.ServerError)]
    [InlineData(529, UpstreamFailure.ServerError)]
    public void What_would_break_the_circuit_for_a_request_does_so_for_a_probe(int status, UpstreamFailure failure) =>
        ProbeAnswer.Of((HttpStatusCode)status, false).Should().Be(new ProbeAnswer(ProbeWord.Failed, failure, status));

    [Fact]
    public void A_503_that_asks_for_time_says_nothing() =>
        ProbeAnswer.Of(HttpStatusCode.ServiceUnavailable, saysWhenToComeBack: true).Word.Should().Be(ProbeWord.Nothing);
}
