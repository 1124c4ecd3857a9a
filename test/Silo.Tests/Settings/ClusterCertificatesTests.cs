using Gateway.Silo.Settings;
using Gateway.Testing;
using Gateway.Testing.Tls;

namespace Gateway.Silo.Tests.Settings;

public sealed class ClusterCertificatesTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly TempFolder _folder = new();
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_renewed_certificate_is_taken_over_once_its_key_is_there_too()
    {
        var (certificate, key) = _authority.PeerFiles("one");
        var (own, ownKey) = (_folder.Write("tls.crt", File.ReadAllText(certificate)), _folder.Write("tls.key", File.ReadAllText(key)));
        var certificates = ClusterCertificates.Load(own, ownKey, _authority.File, out var problem)!;
        problem.Should().BeNull();
        certificates.Certificate.Subject.Should().Be("CN=one");
        certificates.Certificate.HasPrivateKey.Should().BeTrue();
        certificates.Authorities.Should().ContainSingle();

        var (renewed, renewedKey) = _authority.PeerFiles("two");
        _folder.Write("tls.crt", File.ReadAllText(renewed));
        certificates.Reload(Now).Should().NotBeNull("the key is still the old one");
        certificates.Certificate.Subject.Should().Be("CN=one");

        _folder.Write("tls.key", File.ReadAllText(renewedKey));
        certificates.Reload(Now).Should().BeNull();
        certificates.Certificate.Subject.Should().Be("CN=two");
    }

    [Fact]
    public void Certificates_between_it_and_the_authority_are_read_too()
    {
        using var between = new TestAuthority(_authority);
        var (certificate, key) = between.PeerFiles("one");

        var certificates = ClusterCertificates.Load(certificate, key, _authority.File, out _)!;

        certificates.Intermediates.Should().ContainSingle().Which.Thumbprint.Should().Be(between.Between()[0].Thumbprint);
        certificates.Reload(Now).Should().BeNull();
        _folder.Write("alone.crt", certificates.Certificate.ExportCertificatePem());
        ClusterCertificates.Load(_folder.File("alone.crt"), key, _authority.File, out _)!.Problem(Now).Should().Contain("lead");
    }

    [Theory]
    [InlineData("expired", "expired")]
    [InlineData("early", "not valid yet")]
    [InlineData("foreign", "lead")]
    public void A_renewed_certificate_that_the_others_would_refuse_is_not_taken_over(string which, string problem)
    {
        using var stranger = new TestAuthority();
        var (certificate, key) = _authority.PeerFiles("one");
        var (own, ownKey) = (_folder.Write("tls.crt", File.ReadAllText(certificate)), _folder.Write("tls.key", File.ReadAllText(key)));
        var certificates = ClusterCertificates.Load(own, ownKey, _authority.File, out _)!;
        certificates.Problem(Now).Should().BeNull();

        var (renewed, renewedKey) = which switch
        {
            "expired" => _authority.PeerFiles("two", Now.AddHours(-2), Now.AddHours(-1)),
            "early" => _authority.PeerFiles("two", Now.AddHours(1), Now.AddHours(2)),
            _ => stranger.PeerFiles("two"),
        };
        _folder.Write("tls.crt", File.ReadAllText(renewed));
        _folder.Write("tls.key", File.ReadAllText(renewedKey));

        certificates.Reload(Now).Should().Contain(problem);
        certificates.Certificate.Subject.Should().Be("CN=one");
    }

    [Theory]
    [InlineData("certificate")]
    [InlineData("key")]
    [InlineData("authority")]
    public void A_file_that_is_missing_or_no_pem_is_told_without_its_content(string which)
    {
        var (certificate, key) = _authority.PeerFiles("one");
        foreach (var path in (string[])[_folder.File("absent"), _folder.Write("wrong", "canary")])
        {
            var loaded = ClusterCertificates.Load(
                which == "certificate" ? path : certificate, which == "key" ? path : key, which == "authority" ? path : _authority.File, out var problem);

            loaded.Should().BeNull();
            problem.Should().NotBeNullOrEmpty().And.NotContain("canary");
        }
    }
}
