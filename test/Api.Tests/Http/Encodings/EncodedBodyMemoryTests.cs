using Gateway.Api.Http.Encodings;

namespace Gateway.Api.Tests.Http.Encodings;

/// <summary>Counts what the whole process allocates, and so runs while no other test does.</summary>
[CollectionDefinition(nameof(EncodedBodyMemoryTests), DisableParallelization = true)]
[Collection(nameof(EncodedBodyMemoryTests))]
public sealed class EncodedBodyMemoryTests
{
    [Fact]
    public async Task A_bomb_is_refused_after_no_more_memory_than_a_plain_body_takes()
    {
        var bomb = Compressed.Bomb(1L << 28);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var (_, error) = await EncodedBodyTests.ReadAsync(bomb, ContentCoding.Gzip);

        error!.Status.Should().Be(413);
        (GC.GetTotalAllocatedBytes(precise: true) - before).Should().BeLessThan(5L * EncodedBodyTests.MaxBytes);
    }
}
