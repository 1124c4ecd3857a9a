using System.Text;
using Gateway.Api.Errors;
using Gateway.Api.Forwarding.Body;
using Gateway.Api.Http;

namespace Gateway.Api.Tests.Forwarding.Body;

internal static class Peek
{
    public static PeekedRequest Accepted(string body, Operation operation = Operation.ChatCompletions, bool modelInPath = false)
    {
        RequestPeek.TryRead(Encoding.UTF8.GetBytes(body), operation, modelInPath, out var request, out var error)
            .Should().BeTrue("{0} is acceptable, but: {1}", body, error?.Message);
        return request!;
    }

    public static GatewayError Refused(string body, Operation operation = Operation.ChatCompletions, bool modelInPath = false) =>
        Refused(Encoding.UTF8.GetBytes(body), operation, modelInPath);

    public static GatewayError Refused(byte[] body, Operation operation = Operation.ChatCompletions, bool modelInPath = false)
    {
        RequestPeek.TryRead(body, operation, modelInPath, out var request, out var error).Should().BeFalse();
        request.Should().BeNull();
        error!.Status.Should().Be(400);
        return error;
    }
}
