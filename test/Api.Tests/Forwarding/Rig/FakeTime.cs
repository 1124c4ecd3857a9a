using Gateway.Testing;

namespace Gateway.Api.Tests.Forwarding.Rig;

internal static class FakeTime
{
    public static Task AdvanceUntilAsync(this FakeTimeProvider time, Func<bool> condition, string expectation, int stepSeconds = 5) => Eventually.TrueAsync(
        () =>
        {
            if (!condition())
            {
                time.Advance(TimeSpan.FromSeconds(stepSeconds));
            }

            return condition();
        },
        expectation);
}
