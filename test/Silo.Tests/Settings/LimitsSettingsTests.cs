namespace Gateway.Silo.Tests.Settings;

public sealed class LimitsSettingsTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Limits_are_read_from_the_setting()
    {
        var limits = SettingsFor.Valid(_home, ("GATEWAY_LIMITS", """{"user:alice":{"requests_per_minute":5},"default:group-member:x":{},"default:user":{"concurrency":1}}""")).Limits;

        limits.Subjects.Keys.Should().BeEquivalentTo("user:alice", "default:group-member:x", "default:user");
        limits.Subjects["user:alice"].Fields.Rates["requests_per_minute"].Should().Be(5);
    }

    [Fact]
    public void Subjects_of_two_issuers_are_two()
    {
        var limits = SettingsFor.Valid(_home, ("GATEWAY_LIMITS", """{"user:alice":{},"user:corp/alice":{},"group:alice":{},"project:alice":{},"group:local/a/b":{},"group:a/b":{}}""")).Limits;

        limits.Subjects.Should().HaveCount(6);
    }

    [Fact]
    public void A_watched_file_replaces_them_and_a_broken_one_does_not()
    {
        _home.Write("limits.json", """{"group:x":{"concurrency":1}}""");
        var settings = SettingsFor.Valid(_home, ("GATEWAY_LIMITS", "limits.json"));
        var watched = settings.WatchedSecrets.Single(secret => secret.Setting == "GATEWAY_LIMITS");

        watched.Apply("""{"group:x":{"concurrency":2}}""").Should().BeNull();
        watched.Apply("""{"group:x":{"concurency":3}}""").Should().Contain("concurency");

        settings.Limits.Subjects["group:x"].Fields.Concurrency.Should().Be(2);
        settings.NotEnforced.Should().BeEmpty();
    }

    [Theory]
    [InlineData("""{"alice":{}}""", "alice")]
    [InlineData("""{"user:":{}}""", "user:")]
    [InlineData("""{"user:Corp/alice":{}}""", "user:Corp/alice")]
    [InlineData("""{"default:group-member:/x":{}}""", "default:group-member:/x")]
    [InlineData("""{"key:a/b":{}}""", "key:a/b")]
    [InlineData("""{"user:\ud83d":{}}""", "surrogate")]
    [InlineData("""{"default:users":{}}""", "default:users")]
    [InlineData("""{"user:alice":{"requests_per_minut":5}}""", "user:alice: 'requests_per_minut'")]
    [InlineData("""{"user:alice":5}""", "user:alice: The body")]
    [InlineData("""{"user:alice":{"concurrency":1},"user:local/alice":{"concurrency":9}}""", "\"user:local/alice\" and \"user:alice\" are the same subject")]
    [InlineData("""{"default:group-member:group:x":{},"default:group-member:x":{}}""", "same subject")]
    [InlineData("{broken", "JSON")]
    [InlineData("missing.json", "missing.json")]
    public void What_is_wrong_is_named(string value, string named) =>
        SettingsFor.Problem(_home, ("GATEWAY_LIMITS", value)).Should().StartWith("GATEWAY_LIMITS: ").And.Contain(named);

    [Theory]
    [InlineData("Gateway__Limits__OnOutage", "maybe", "Gateway:Limits:OnOutage")]
    [InlineData("Gateway__Limits__Queue__MaxWaitSeconds", "601", "Gateway:Limits:Queue:MaxWaitSeconds")]
    [InlineData("Gateway__Limits__Queue__MaxWaiting", "many", "Gateway:Limits:Queue:MaxWaiting")]
    [InlineData("Gateway__Limits__Queue__MaxWaitingPerSubject", "-1", "Gateway:Limits:Queue:MaxWaitingPerSubject")]
    public void Values_out_of_bounds_stop_the_start(string name, string value, string named) =>
        SettingsFor.Problem(_home, (name, value)).Should().StartWith(named);

    [Fact]
    public void Outages_close_unless_they_are_told_to_open()
    {
        SettingsFor.Valid(_home).Limits.OpenOnOutage.Should().BeFalse();
        SettingsFor.Valid(_home, ("Gateway__Limits__OnOutage", "open")).Limits.OpenOnOutage.Should().BeTrue();
    }
}
