using System.Net;
using Gateway.Runtime.Tests.Grains;

namespace Gateway.Runtime.Tests.Model;

public sealed class IdentityTests
{
    [Fact]
    public void a_grain_id_prints_its_type_and_key_and_compares_by_both()
    {
        var id = GrainId.Create("counter", "a/b");

        id.ToString().Should().Be("counter/a/b");
        id.Should().Be(GrainId.Create(GrainType.Create("counter"), IdSpan.Create("a/b")));
        id.GetHashCode().Should().Be(GrainId.Create("counter", "a/b").GetHashCode());
        (id == GrainId.Create("counter", "a")).Should().BeFalse();
        (id != GrainId.Create("other", "a/b")).Should().BeTrue();
        default(GrainId).IsDefault.Should().BeTrue();
    }

    [Theory]
    [InlineData("127.0.0.1:11111@7", "S127.0.0.1:11111:7")]
    [InlineData("[::1]:30000@0", "S[::1]:30000:0")]
    public void a_silo_address_can_be_written_and_read(string parsable, string printed)
    {
        var address = SiloAddress.FromParsableString(parsable);

        address.ToParsableString().Should().Be(parsable);
        address.ToString().Should().Be(printed);
        address.Should().Be(SiloAddress.New(address.Endpoint, address.Generation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1:11111")]
    [InlineData("nowhere:1@2")]
    [InlineData("127.0.0.1:1@x")]
    public void a_wrong_silo_address_is_refused(string text)
    {
        SiloAddress.TryParse(text, out _).Should().BeFalse();
        FluentActions.Invoking(() => SiloAddress.FromParsableString(text)).Should().Throw<FormatException>();
    }

    [Fact]
    public void a_later_process_on_the_same_endpoint_is_another_silo() =>
        SiloAddress.New(IPAddress.Loopback, 1, 1).Should().NotBe(SiloAddress.New(IPAddress.Loopback, 1, 2));

    [Fact]
    public async Task references_know_their_identity_and_compare_by_it()
    {
        await using var test = await TestCluster.StartAsync();
        var counter = test.Grains.GetGrain<ICounterGrain>("one");

        counter.GetGrainId().Should().Be(GrainId.Create("counter", "one"));
        counter.GetPrimaryKeyString().Should().Be("one");
        counter.Should().Be(test.Grains.GetGrain<ICounterGrain>(GrainId.Create("counter", "one")));
        counter.Should().NotBe(test.Grains.GetGrain<ICounterGrain>("two"));
        test.Grains.GetGrain<IManagementGrain>(255).GetPrimaryKeyLong().Should().Be(255);
        counter.Invoking(one => one.GetPrimaryKeyLong()).Should().Throw<InvalidOperationException>();
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public async Task an_empty_key_is_refused(string key)
    {
        await using var test = await TestCluster.StartAsync();

        test.Grains.Invoking(grains => grains.GetGrain<ICounterGrain>(key)).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void a_deactivation_reason_compares_by_what_it_says()
    {
        var reason = new DeactivationReason(DeactivationReasonCode.ActivationIdle, "idle");

        (reason == new DeactivationReason(DeactivationReasonCode.ActivationIdle, "idle")).Should().BeTrue();
        (reason != new DeactivationReason(DeactivationReasonCode.ShuttingDown, "idle")).Should().BeTrue();
        reason.ToString().Should().Be("ActivationIdle: idle");
    }
}
