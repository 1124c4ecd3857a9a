using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Http;

namespace Gateway.Api.Tests.Http;

public sealed class InferencePathProperties
{
    private static readonly string[] Pieces =
        ["/", "v1", "chat", "completions", "embeddings", "responses", "resource_server", "openai", "deployments", "metis", "..", ".", "%2f", "%", "\\", "?", "é", ""];

    [Fact]
    public void Any_path_is_parsed_or_refused_without_an_exception() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<string>(),
            text => !InferencePath.TryParse(text, out var route) || Enum.IsDefined(route.Operation)).QuickCheckThrowOnFailure();

    [Fact]
    public void A_recognised_path_ends_in_its_operation_and_begins_with_a_known_base() =>
        Prop.ForAll(
            Gen.Elements(Pieces).ListOf().Select(pieces => "/" + string.Concat(pieces)).ToArbitrary(),
            path =>
            {
                if (!InferencePath.TryParse(path, out var route))
                {
                    return true;
                }

                var operation = route.Operation.Path();
                var trimmed = path.EndsWith('/') ? path[..^1] : path;
                var head = trimmed[..^operation.Length];
                return trimmed.EndsWith("/" + operation, StringComparison.Ordinal)
                    && (head is "/" or "/v1/" or "/v1/v1/"
                        || head.StartsWith("/openai/", StringComparison.Ordinal)
                        || head.StartsWith("/resource_server/", StringComparison.Ordinal));
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void A_deployment_is_the_unescaped_name_between_base_and_operation() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<NonEmptyString>(),
            name =>
            {
                var escaped = Uri.EscapeDataString(name.Get);
                var parsed = InferencePath.TryParse($"/openai/deployments/{escaped}/embeddings", out var route);
                return escaped is "" or "." or ".." ? !parsed : parsed && route.Model == Uri.UnescapeDataString(escaped);
            }).QuickCheckThrowOnFailure();
}
