using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Infra.Compose;

namespace Gateway.Infra.Nginx;

public sealed class NginxConfigurationTests
{
    private static readonly string Configuration = InfraFiles.Read("infra", "nginx", "nginx.conf");

    [Fact]
    public async Task Nginx_takes_the_configuration_on_loopback()
    {
        using var folder = new TempFolder();

        await ExpectValidAsync(folder, NginxProcess.Prepare(folder, FreePort.Next(), "127.0.0.1:8000", "127.0.0.1:8001"));
    }

    [Fact]
    public async Task Nginx_takes_the_files_of_the_compose_file()
    {
        using var folder = new TempFolder();
        var configuration = folder.Write("nginx.conf", Configuration);
        folder.Write("listen.conf", InfraFiles.Read("infra", "nginx", "listen.conf"));

        // Names of services mean nothing outside of their network.
        folder.Write("frontends.conf", Regex.Replace(InfraFiles.Read("infra", "nginx", "frontends.conf"), "frontend-[0-9]+", "127.0.0.1", RegexOptions.None, TimeSpan.FromSeconds(1)));

        await ExpectValidAsync(folder, configuration);
    }

    [Fact]
    public void It_serves_the_front_ends_of_the_compose_file_on_the_port_that_is_published()
    {
        var servers = Regex.Matches(InfraFiles.Read("infra", "nginx", "frontends.conf"), "^server (?<address>\\S+) ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .Select(match => match.Groups["address"].Value);

        servers.Should().BeEquivalentTo(ComposeFile.Services.Keys.Where(name => name.StartsWith("frontend", StringComparison.Ordinal)).Select(name => name + ":8000"));
        InfraFiles.Read("infra", "nginx", "listen.conf").Should().Contain("listen 8080;");
        ComposeFile.Services["nginx"].Texts("ports").Single().Should().EndWith(":8080");
    }

    [Fact]
    public void Times_and_sizes_fit_those_of_the_front_ends()
    {
        var upstream = Configuration[Configuration.IndexOf("upstream frontends", StringComparison.Ordinal)..Configuration.IndexOf("server {", StringComparison.Ordinal)];
        Seconds(upstream, "keepalive_timeout").Should().BeLessThan(5, "a front-end that stops closes idle connections after that, and a post that meets it is lost");
        Seconds(Configuration, "proxy_read_timeout").Should().BeGreaterThan(3600, "a stream may last that long");
        Value(Configuration, "client_max_body_size").Should().Be("520m", "files have up to 512 MiB");
        Value(Configuration, "proxy_buffering").Should().Be("off");
        Value(Configuration, "proxy_request_buffering").Should().Be("off");
        Value(Configuration, "proxy_http_version").Should().Be("1.1");
        Value(Configuration, "gzip").Should().Be("off");
    }

    [Fact]
    public void A_post_is_never_repeated_by_configuration() => Value(Configuration, "proxy_next_upstream").Should().Be("error timeout");

    private static int Seconds(string text, string directive) => int.Parse(Value(text, directive).TrimEnd('s'), CultureInfo.InvariantCulture);

    private static string Value(string text, string directive) =>
        Regex.Matches(text, $"^ *{directive} (?<value>[^;]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Single().Groups["value"].Value;

    private static async Task ExpectValidAsync(TempFolder folder, string configuration)
    {
        var (exitCode, output) = await ExternalTool.RunAsync(ExternalTool.Require("nginx"), ["-t", "-p", folder.Path + "/", "-c", configuration]);

        exitCode.Should().Be(0, output);
        output.Should().Contain("test is successful");
    }
}
