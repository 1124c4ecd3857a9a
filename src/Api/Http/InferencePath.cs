namespace Gateway.Api.Http;

/// <summary>Recognises the paths of inference requests.</summary>
/// <remarks>
/// It reads the path as it came over the wire, letter for letter: nothing is unescaped, folded or collapsed before the
/// comparison, so that <c>..</c>, <c>//</c>, <c>%2f</c> or another letter case never reach a route that a proxy in front
/// did not see. Only the model of an Azure-style path is unescaped, and it is data from there on.
/// <list type="bullet">
/// <item><c>[/v1[/v1]]/{operation}</c>: OpenAI; clients append to bases with and without <c>/v1</c></item>
/// <item><c>/openai[/v1]/{operation}</c> and <c>/openai/deployments/{model}/{operation}</c>: Azure</item>
/// <item><c>/resource_server/v1/{operation}</c> and <c>/resource_server/{cluster}/{framework}/v1/{operation}</c>: FIRST</item>
/// </list>
/// One trailing slash is allowed everywhere.
/// </remarks>
public static class InferencePath
{
    private const string AzurePrefix = "openai/";
    private const string DeploymentsPrefix = "deployments/";
    private const string FirstPrefix = "resource_server/";
    private const string VersionPrefix = "v1/";

    /// <summary>False: not an inference path.</summary>
    /// <param name="path">The raw request target without its query.</param>
    public static bool TryParse(ReadOnlySpan<char> path, out InferenceRoute route)
    {
        route = default;
        if (path is not ['/', .. var rest])
        {
            return false;
        }

        if (rest is [.. var head, '/'])
        {
            rest = head;
        }

        if (rest.StartsWith(FirstPrefix, StringComparison.Ordinal))
        {
            return TryParseFirst(rest[FirstPrefix.Length..], out route);
        }

        if (rest.StartsWith(AzurePrefix, StringComparison.Ordinal))
        {
            rest = rest[AzurePrefix.Length..];
            return rest.StartsWith(DeploymentsPrefix, StringComparison.Ordinal)
                ? TryParseDeployment(rest[DeploymentsPrefix.Length..], out route)
                : TryParseOperation(WithoutVersion(rest), out route);
        }

        return TryParseOperation(WithoutVersion(WithoutVersion(rest)), out route);
    }

    private static bool TryParseFirst(ReadOnlySpan<char> rest, out InferenceRoute route)
    {
        if (rest.StartsWith(VersionPrefix, StringComparison.Ordinal) && TryParseOperation(rest[VersionPrefix.Length..], out route))
        {
            return true;
        }

        route = default;
        if (!TryTakeSegment(ref rest, out var cluster) || !TryTakeSegment(ref rest, out var framework)
            || !rest.StartsWith(VersionPrefix, StringComparison.Ordinal)
            || !TryParseOperation(rest[VersionPrefix.Length..], out route))
        {
            return false;
        }

        route = route with { Cluster = cluster.ToString(), Framework = framework.ToString() };
        return true;
    }

    private static bool TryParseDeployment(ReadOnlySpan<char> rest, out InferenceRoute route)
    {
        for (var operation = 0; operation < Operations.Count; operation++)
        {
            var suffix = ((Operation)operation).Path();
            if (rest.EndsWith(suffix, StringComparison.Ordinal) && rest[..^suffix.Length] is [.. var model, '/'] && IsModel(model))
            {
                route = new InferenceRoute((Operation)operation, Uri.UnescapeDataString(model), null, null);
                return true;
            }
        }

        route = default;
        return false;
    }

    /// <summary>Model names may hold slashes, raw or escaped, but no segment that a proxy in front would have resolved.</summary>
    private static bool IsModel(ReadOnlySpan<char> model)
    {
        if (model.IsEmpty)
        {
            return false;
        }

        foreach (var range in model.Split('/'))
        {
            if (model[range] is "" or "." or "..")
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryParseOperation(ReadOnlySpan<char> rest, out InferenceRoute route)
    {
        Operation? operation = rest switch
        {
            "chat/completions" => Operation.ChatCompletions,
            "completions" => Operation.Completions,
            "embeddings" => Operation.Embeddings,
            "responses" => Operation.Responses,
            _ => null,
        };
        route = new InferenceRoute(operation.GetValueOrDefault(), null, null, null);
        return operation is not null;
    }

    private static ReadOnlySpan<char> WithoutVersion(ReadOnlySpan<char> rest) =>
        rest.StartsWith(VersionPrefix, StringComparison.Ordinal) ? rest[VersionPrefix.Length..] : rest;

    private static bool TryTakeSegment(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> segment)
    {
        var slash = rest.IndexOf('/');
        segment = slash > 0 ? rest[..slash] : default;
        rest = slash > 0 ? rest[(slash + 1)..] : default;
        return slash > 0;
    }
}
