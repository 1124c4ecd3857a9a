using FsCheck;
using FsCheck.Fluent;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Forwarding.Answers;
using Gateway.Api.Forwarding.Attempts;
using Gateway.Api.Routing;

namespace Gateway.Api.Tests.Forwarding.Answers;

public sealed class FinalAnswerProperties
{
    private static readonly Gen<FailedAttempt> AnyFailure =
        from failure in Gen.Elements(Enum.GetValues<UpstreamFailure>().Except([UpstreamFailure.None, UpstreamFailure.CallerGone]))
        from wait in Gen.Elements<double?>(null, 0, 0.2, 30, 60, 61, 3600)
        from body in Gen.Elements("", "{}", """{"error":{"message":"key sk-secret"}}""", """{"error":{"message":"fine"}}""", "<html>")
        select Failures.Of(failure, StatusOf(failure), body, wait);

    private static readonly Gen<(RouteChoice Next, TimeSpan? FullFor)> AnyEnd =
        from reason in Gen.Elements(RouteBlock.None, RouteBlock.AllTried)
        from cooling in Gen.Elements<double?>(null, 0.2, 30, 60, 61, 3600)
        from full in Gen.Elements<double?>(null, 1, 60)
        from cause in Gen.Elements(UpstreamFailure.RateLimited, UpstreamFailure.Unavailable, UpstreamFailure.QuotaExhausted)
        select (
            new RouteChoice(null, null, reason, reason is RouteBlock.None ? null : Seconds(cooling), null) { CoolingCause = cause, OnlyQuota = cause is UpstreamFailure.QuotaExhausted },
            Seconds(full));

    [Fact]
    public void Every_end_is_an_error_that_clients_can_wait_for_and_that_keeps_secrets() =>
        Prop.ForAll(AnyFailure.NonEmptyListOf().ToArbitrary(), AnyEnd.ToArbitrary(), (failures, end) =>
        {
            var error = FinalAnswer.After([.. failures], end.Next, end.FullFor, "m");
            var text = error.Provider is { } provider ? System.Text.Encoding.UTF8.GetString(provider.Body.Span) : error.Message;
            return error.Status is 408 or 429 or (>= 500 and < 600 and not 529)
                && error.RetryAfter >= TimeSpan.FromSeconds(1) && error.RetryAfter <= TimeSpan.FromSeconds(60)
                && !text.Contains("sk-secret", StringComparison.Ordinal) && !text.Contains("<html>", StringComparison.Ordinal);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Clients_retry_by_themselves_only_when_every_entry_asked_for_a_pause() =>
        Prop.ForAll(AnyFailure.NonEmptyListOf().ToArbitrary(), AnyEnd.ToArbitrary(), (failures, end) =>
        {
            var error = FinalAnswer.After([.. failures], end.Next, end.FullFor, "m");
            var telling = failures.Where(failed => failed.Failure is not UpstreamFailure.KeyRefused).ToList();
            var isUntried = end.FullFor is not null || end.Next.RetryAfter is not null;
            var allCool = (telling.Count > 0 || isUntried) && telling.TrueForAll(failed => HealthPolicy.CoolingFor(failed.Failure, failed.RetryAfter) is not null);
            return error.ShouldRetry is not null || (end.Next.Blocked is not RouteBlock.None && allCool);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static TimeSpan? Seconds(double? value) => value is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static int? StatusOf(UpstreamFailure failure) => failure switch
    {
        UpstreamFailure.RequestTimeout => 408,
        UpstreamFailure.RateLimited => 429,
        UpstreamFailure.QuotaExhausted => 402,
        UpstreamFailure.KeyRefused => 401,
        UpstreamFailure.Unavailable => 503,
        UpstreamFailure.ServerError => 529,
        UpstreamFailure.ErrorInSuccess => 200,
        UpstreamFailure.ProtocolError => 407,
        _ => null,
    };
}
