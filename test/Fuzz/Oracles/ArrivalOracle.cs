using System.Text.Json;
using Gateway.Fuzz.Cases;
using Gateway.Fuzz.World;
using Gateway.Testing.Fuzzing.Bodies;
using Gateway.Testing.Fuzzing.Requests;

namespace Gateway.Fuzz.Oracles;

/// <summary>Judges what reaches an upstream: whether it may, and that it is what the caller sent and nothing else.</summary>
internal static class ArrivalOracle
{
    private static readonly HashSet<string> KnownHeaders = new(
        [
            "host", "content-type", "content-length", "transfer-encoding", "accept", "anthropic-version", "anthropic-beta", "openai-beta", "idempotency-key", "authorization", "accept-encoding",
            RequestText.CaseHeader,
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Null: all is well.</summary>
    public static string? Judge(FuzzCase subject, ReceivedRequest request, out bool askedForUsage)
    {
        askedForUsage = false;
        if (subject.Expectation is Expectation.Refused)
        {
            return $"It had to be refused ({subject.Family}), and reached an upstream. It began: {System.Text.Encoding.Latin1.GetString(subject.Request.AsSpan(0, Math.Min(400, subject.Request.Length)))}";
        }

        if (request.Path.Split('/') is not ["", "e", var entry, "v1", .. var operation] || FuzzModels.ModelOf(entry) is not { } model)
        {
            return $"It reached the path {request.Path}, which no entry has.";
        }

        if (model is FuzzModels.Forbidden or FuzzModels.Offline)
        {
            return $"It reached the entry '{model}'.";
        }

        if (request.Method != "POST" || (subject.Operation is { } asked && string.Join('/', operation) != asked.Path()))
        {
            return $"It arrived as {request.Method} {request.Target}.";
        }

        return JudgeHeaders(request) ?? JudgeBody(subject, request.Body, model, out askedForUsage);
    }

    private static string? JudgeHeaders(ReceivedRequest request)
    {
        if (request["Authorization"] != "Bearer " + FuzzSecrets.ProviderKey || request["Accept-Encoding"] != "identity")
        {
            return $"It came with Authorization '{request["Authorization"]}' and Accept-Encoding '{request["Accept-Encoding"]}'.";
        }

        var stranger = request.Headers.FirstOrDefault(header => !KnownHeaders.Contains(header.Key));
        return stranger.Key is null ? null : $"It came with the header {stranger.Key}.";
    }

    private static string? JudgeBody(FuzzCase subject, byte[] body, string model, out bool askedForUsage)
    {
        askedForUsage = false;
        if (JudgeModel(body, model) is { } wrong)
        {
            return wrong;
        }

        if (subject.Body is not { } sent)
        {
            return null;
        }

        var named = ExpectedBody.Model(sent);
        var addUsage = subject.Operation!.Value.HasUsageOption() && ExpectedBody.IsStream(sent) && !ExpectedBody.AsksForUsage(sent);
        askedForUsage = addUsage;
        var expected = ExpectedBody.Make(sent, FuzzModels.UpstreamName(model), named != FuzzModels.UpstreamName(model), addUsage);
        return body.AsSpan().SequenceEqual(expected) ? null
            : $"Its body differs from the caller's at byte {body.AsSpan().CommonPrefixLength(expected)} of {expected.Length}.";
    }

    /// <summary>However an upstream reads it, first or last, with or without regard to case: it must read the model that was authorised.</summary>
    private static string? JudgeModel(byte[] body, string model)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 300 });
            var named = document.RootElement.EnumerateObject().Where(field => IsModel(field)).ToList();
            return named is [var only] && only.Value.GetString() == FuzzModels.UpstreamName(model) ? null
                : $"The upstream may read another model than '{model}': {string.Join(", ", named.Select(field => field.ToString()))}.";
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return $"The upstream cannot read the body: {exception.Message}";
        }
    }

    private static bool IsModel(JsonProperty field)
    {
        try
        {
            return string.Equals(field.Name, "model", StringComparison.OrdinalIgnoreCase);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
