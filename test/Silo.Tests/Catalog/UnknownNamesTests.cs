using Gateway.Silo.Settings.Catalog;
using Gateway.Silo.Settings.Sources;

namespace Gateway.Silo.Tests.Catalog;

public sealed class UnknownNamesTests
{
    [Theory]
    [InlineData("METIS_STATUS_URI", "METIS_STATUS_URL")]
    [InlineData("METIS_API_TOKEN", "METIS_API_TOKENS")]
    [InlineData("METIS_API_TOKNES_FILE", "METIS_API_TOKENS_FILE")]
    [InlineData("GATEWAY_ADMINKEY", "GATEWAY_ADMIN_KEY")]
    [InlineData("GLOBUS_GRUOPS", "GLOBUS_GROUPS")]
    [InlineData("AUTHORIZED_IDP_DOMAIN", "AUTHORIZED_IDP_DOMAINS")]
    [InlineData("Gateway__Drain__MaxSecond", "Gateway:Drain:MaxSeconds")]
    public void A_slip_of_the_keyboard_is_answered_with_the_name_that_was_meant(string name, string meant) =>
        Warnings(name).Should().ContainSingle().Which.Should().EndWith($"did you mean {meant}?");

    [Theory]
    [InlineData("GATEWAY_SOMETHING_ELSE_ENTIRELY")]
    public void A_name_like_no_other_is_named_alone(string name) =>
        Warnings(name).Should().ContainSingle().Which.Should().StartWith(name).And.NotContain("did you mean");

    [Theory]
    [InlineData("PATH")]
    [InlineData("metis_status_url")]
    [InlineData("METIS_API_TOKENS_FILE")]
    [InlineData("Gateway__Jwt__Issuers__7__Alias")]
    public void Known_and_foreign_names_are_silent(string name) => Warnings(name).Should().BeEmpty();

    [Fact]
    public void Variables_of_a_kubernetes_service_called_gateway_are_silent()
    {
        Warnings("GATEWAY_SERVICE_HOST", "GATEWAY_SERVICE_PORT_HTTP", "GATEWAY_PORT", "GATEWAY_PORT_8000_TCP_ADDR").Should().BeEmpty();
        Warnings("GATEWAY_PORT").Should().ContainSingle();
    }

    private static IEnumerable<string> Warnings(params string[] names) =>
        UnknownNames.Warnings(new SettingLayers([SettingLayer.FromEnvironment(names.Select(name => KeyValuePair.Create(name, "x")))]));
}
