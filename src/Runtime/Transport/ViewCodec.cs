namespace Orleans.Runtime.Transport;

/// <summary>How a silo tells its view of the cluster.</summary>
internal static class ViewCodec
{
    public static byte[] Encode(ClusterView view) => JsonSerializer.SerializeToUtf8Bytes(new WireView(view.Version, view.Members), WireJson.TypeInfo<WireView>());

    public static ClusterView Decode(ReadOnlySpan<byte> json)
    {
        var wire = JsonSerializer.Deserialize(json, WireJson.TypeInfo<WireView>()) ?? throw new JsonException("A view is missing.");
        return new(wire.Version, wire.Members.IsDefault ? [] : wire.Members);
    }

    /// <summary>Waits at a silo for a view other than the given version's; null when the silo cannot tell.</summary>
    public static async Task<ClusterView?> AskAsync(ISiloTransport transport, SiloAddress silo, long knownVersion, CancellationToken cancellationToken)
    {
        using var answer = new PooledBuffer();
        var message = Encoding.UTF8.GetBytes(knownVersion.ToString(CultureInfo.InvariantCulture));
        var reply = await transport.SendAsync(silo, SiloRequest.Watch, message, answer, cancellationToken).ConfigureAwait(false);
        return reply.Outcome == Outcome.Answered ? Decode(answer.Memory.Span) : null;
    }

    private sealed record WireView(long Version, ImmutableArray<ViewMember> Members);
}
