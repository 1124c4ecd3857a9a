using System.Text.Json;
using Gateway.Storage.Ledger.Reading;

namespace Gateway.Api.Management.Usage;

internal static class UsageTotalsJson
{
    public static void WriteFields(Utf8JsonWriter writer, UsageTotals totals)
    {
        writer.WriteNumber("requests", totals.Requests);
        writer.WriteNumber("input_tokens", totals.InputTokens);
        writer.WriteNumber("output_tokens", totals.OutputTokens);
        writer.WriteNumber("total_tokens", totals.TotalTokens);
        writer.WriteNumber("cached_tokens", totals.CachedTokens);
        writer.WriteNumber("cache_write_tokens", totals.CacheWriteTokens);
        writer.WriteNumber("reasoning_tokens", totals.ReasoningTokens);
        writer.WriteNumber("cost_usd", Usd.Of(totals.CostNanoUsd));
        writer.WriteNumber("partial", totals.Partial);
        writer.WriteNumber("interrupted", totals.Interrupted);
        writer.WriteNumber("estimated", totals.Estimated);
    }
}
