namespace Gateway.Silo.Tests.Settings;

public sealed class ModelSettingsTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Without_the_setting_there_are_no_chains()
    {
        SettingsFor.Valid(_home).Models.Chains.ByName.Should().BeEmpty();
        SettingsFor.Valid(_home, ("GATEWAY_MODELS", "{}")).Models.Chains.ByName.Should().BeEmpty();
    }

    [Fact]
    public void A_name_has_its_models_in_their_order_and_is_listed_as_without_effect_no_more()
    {
        var settings = SettingsFor.Valid(_home, ("GATEWAY_MODELS", """{"smart":["b","a"],"a":["a","c"]}"""));

        settings.Models.Chains.ByName["smart"].Should().Equal("b", "a");
        settings.Models.Chains.ByName["a"].Should().Equal("a", "c");
        settings.NotEnforced.Should().BeEmpty();
    }

    [Fact]
    public void A_file_is_watched_and_one_that_goes_wrong_changes_nothing()
    {
        _home.Write("models.json", """{"smart":["a"]}""");
        var settings = SettingsFor.Valid(_home, ("GATEWAY_MODELS", "models.json"));
        var file = settings.WatchedSecrets.Should().ContainSingle(watched => watched.Setting == "GATEWAY_MODELS").Which;

        file.Apply("""{"smart":["b"]}""").Should().BeNull();
        file.Apply("""{"smart":[]}""").Should().Contain("smart");

        settings.Models.Chains.ByName["smart"].Should().Equal("b");
    }

    [Theory]
    [InlineData("{broken")]
    [InlineData("missing.json")]
    [InlineData("[1]")]
    [InlineData("""{"smart":[]}""")]
    [InlineData("""{"smart":"a"}""")]
    [InlineData("""{"smart":[1]}""")]
    [InlineData("""{"smart":[""]}""")]
    [InlineData("""{"smart":["a","a"]}""")]
    [InlineData("""{"":["a"]}""")]
    [InlineData("""{"smart":["a"],"smart":["b"]}""")]
    [InlineData("""{"smart":["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16","17"]}""")]
    public void What_is_not_understood_stops_the_start(string value) =>
        SettingsFor.Problem(_home, ("GATEWAY_MODELS", value)).Should().StartWith("GATEWAY_MODELS: ");

    [Fact]
    public void There_is_a_bound_on_names()
    {
        string Chains(int count) => "{" + string.Join(',', Enumerable.Range(0, count).Select(number => $"\"n{number}\":[\"a\"]")) + "}";

        SettingsFor.Valid(_home, ("GATEWAY_MODELS", Chains(1_000))).Models.Chains.ByName.Should().HaveCount(1_000);
        SettingsFor.Problem(_home, ("GATEWAY_MODELS", Chains(1_001))).Should().Contain("1001");
    }
}
