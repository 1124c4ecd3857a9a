using System.Text;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Forwarding.Attempts;

namespace Gateway.Api.Tests.Forwarding.Attempts;

public sealed class AnswerStatusTests
{
    [Theory]
    [InlineData(400, UpstreamFailure.None)]
    [InlineData(401, UpstreamFailure.KeyRefused)]
    [InlineData(402, UpstreamFailure.QuotaExhausted)]
    [InlineData(403, UpstreamFailure.KeyRefused)]
    [InlineData(404, UpstreamFailure.None)]
    [InlineData(407, UpstreamFailure.ProtocolError)]
    [InlineData(408, UpstreamFailure.RequestTimeout)]
    [InlineData(409, UpstreamFailure.None)]
    [InlineData(421, UpstreamFailure.ProtocolError)]
    [InlineData(425, UpstreamFailure.Unavailable)]
    [InlineData(429, UpstreamFailure.RateLimited)]
    [InlineData(499, UpstreamFailure.None)]
    [InlineData(500, UpstreamFailure.ServerError)]
    [InlineData(503, UpstreamFailure.Unavailable)]
    [InlineData(529, UpstreamFailure.ServerError)]
    [InlineData(302, UpstreamFailure.ProtocolError)]
    public void Each_status_has_its_meaning(int status, UpstreamFailure failure) => AnswerStatus.Classify(status, default).Should().Be(failure);

    [Theory]
    [InlineData("""{"error":{"type":"insufficient_quota"}}""", true)]
    [InlineData("""{"error":{"code":"insufficient_quota"}}""", true)]
    [InlineData("""{"object":"error","code":"insufficient_quota"}""", true)]
    [InlineData("""{"object":"list","code":"insufficient_quota"}""", false)]
    [InlineData("""{"error":{"message":"insufficient_quota"}}""", false)]
    [InlineData("""{"error":"insufficient_quota"}""", false)]
    [InlineData("""["insufficient_quota"]""", false)]
    [InlineData("insufficient_quota", false)]
    [InlineData("", false)]
    public void A_quota_is_exhausted_when_the_errors_own_code_says_so(string body, bool exhausted) =>
        AnswerStatus.SaysQuotaIsExhausted(Encoding.UTF8.GetBytes(body)).Should().Be(exhausted);

    [Theory]
    [InlineData("""{"error":{"code":400}}""", 400)]
    [InlineData("""{"error":{"status":429}}""", 429)]
    [InlineData("""{"error":{"code":503,"status":"UNAVAILABLE"}}""", 503)]
    [InlineData("""{"error":{"code":7,"status":404}}""", 404)]
    [InlineData("\uFEFF{\"error\":{\"code\":400}}", 400)]
    [InlineData("""{"object":"error","message":"x","type":"BadRequestError","param":null,"code":400}""", 400)]
    [InlineData("""{"object":"error","error":null,"code":429}""", 429)]
    [InlineData("""{"object":"error","error":{"code":503},"code":400}""", 503)]
    [InlineData("""{"object":"error","code":40001}""", null)]
    [InlineData("""{"object":"error","code":"400"}""", null)]
    [InlineData("""{"object":1,"code":400}""", null)]
    [InlineData("""{"error":{"code":"400"}}""", null)]
    [InlineData("""{"error":{"code":200}}""", null)]
    [InlineData("""{"error":{"code":600}}""", null)]
    [InlineData("""{"error":{"code":400.5}}""", null)]
    [InlineData("""{"error":{"code":1e400}}""", null)]
    [InlineData("""{"error":{"message":"400"}}""", null)]
    [InlineData("""{"error":400,"code":400}""", null)]
    [InlineData("""{"error":{"code":400""", null)]
    [InlineData("[400]", null)]
    [InlineData("", null)]
    public void An_error_may_state_the_status_that_it_did_not_come_with(string body, int? status) =>
        AnswerStatus.StatedIn(Encoding.UTF8.GetBytes(body)).Should().Be(status);
}
