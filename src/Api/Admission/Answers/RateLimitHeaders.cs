using System.Runtime.InteropServices;
using Gateway.Abstractions.Limits;
using Gateway.Api.Admission.Subjects;
using Gateway.Api.Http;

namespace Gateway.Api.Admission.Answers;

/// <summary><c>x-ratelimit-*</c> in OpenAI's formats, of the window that leaves the smallest share, and the warning of the budget that is used most.</summary>
internal static class RateLimitHeaders
{
    public static void Write(IHeaderDictionary headers, CallerLimits limits)
    {
        var requests = default(Tightest);
        var tokens = default(Tightest);
        var warning = default(BudgetWarning);
        foreach (var subject in limits.Counted)
        {
            foreach (var window in subject.Headers)
            {
                if (!subject.Stock.TryDescribe(window.Window.Id, out var state, out var remaining, out var resetsIn))
                {
                    continue;
                }

                if (window.Window.IsBudget)
                {
                    warning.Offer(window, state!);
                }
                else
                {
                    if (window.Window.Unit == LimitUnit.Requests)
                    {
                        requests.Offer(window, state!, remaining, resetsIn);
                    }
                    else
                    {
                        tokens.Offer(window, state!, remaining, resetsIn);
                    }
                }
            }
        }

        if (warning.Words is { } words)
        {
            headers[GatewayHeaders.BudgetWarning] = words;
        }

        if (requests.State is { } ofRequests)
        {
            headers[GatewayHeaders.LimitRequests] = requests.Window!.Limit(ofRequests.Limit);
            headers[GatewayHeaders.RemainingRequests] = requests.Window.Remaining(requests.Remaining);
            headers[GatewayHeaders.ResetRequests] = GoDuration.Of(requests.ResetsIn);
        }

        if (tokens.State is { } ofTokens)
        {
            headers[GatewayHeaders.LimitTokens] = tokens.Window!.Limit(ofTokens.Limit);
            headers[GatewayHeaders.RemainingTokens] = tokens.Window.Remaining(tokens.Remaining);
            headers[GatewayHeaders.ResetTokens] = GoDuration.Of(tokens.ResetsIn);
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private struct BudgetWarning
    {
        private long _percent;

        public string? Words { get; private set; }

        public void Offer(WindowHeaders window, WindowState state)
        {
            if (window.WarnedPercent(state) is { } percent && (Words is null || percent > _percent))
            {
                (_percent, Words) = (percent, window.Warning(percent));
            }
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Tightest
    {
        private double _share;

        public WindowHeaders? Window { get; private set; }

        public WindowState? State { get; private set; }

        public long Remaining { get; private set; }

        public TimeSpan ResetsIn { get; private set; }

        public void Offer(WindowHeaders window, WindowState state, long remaining, TimeSpan resetsIn)
        {
            var share = (double)remaining / Math.Max(1, state.Limit);
            if (State is null || share < _share)
            {
                (_share, Window, State, Remaining, ResetsIn) = (share, window, state, remaining, resetsIn);
            }
        }
    }
}
