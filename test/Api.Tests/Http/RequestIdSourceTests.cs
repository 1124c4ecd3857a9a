using Gateway.Api.Http;

namespace Gateway.Api.Tests.Http;

public sealed class RequestIdSourceTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    [Fact]
    public void An_id_is_a_version_7_uuid_of_its_moment()
    {
        var id = Guid.Parse(RequestIdSource.Next(Now));

        id.Version.Should().Be(7);
        id.Variant.Should().BeInRange(8, 11);
        var bytes = id.ToByteArray(bigEndian: true);
        Convert.ToInt64(Convert.ToHexString(bytes, 0, 6), 16).Should().Be(Now.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task Ids_of_one_moment_differ_on_all_threads()
    {
        var batches = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => Enumerable.Range(0, 2000).Select(_ => RequestIdSource.Next(Now)).ToArray(), TestContext.Current.CancellationToken)));

        batches.SelectMany(ids => ids).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Ids_sort_by_time() =>
        string.CompareOrdinal(RequestIdSource.Next(Now), RequestIdSource.Next(Now.AddMilliseconds(1))).Should().BeNegative();
}
