using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Gateway.Storage.Tests.Hosting;

public sealed class StorageOptionsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-storage-");

    [Theory]
    [InlineData("gateway.db", 32, "DATA_DIR")]
    [InlineData("", 32, "DATA_DIR")]
    [InlineData("/tmp/gateway.db", 31, "CLUSTER_SECRET")]
    public async Task A_wrong_setting_stops_the_start_by_name_and_shows_no_secret(string path, int secretLength, string setting)
    {
        using var host = StorageHost.Build(options =>
        {
            options.SqlitePath = path;
            options.ClusterSecret = new string('s', secretLength);
        });

        var start = () => host.StartAsync(TestContext.Current.CancellationToken);

        (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Message.Should().Contain(setting).And.NotContain("ssss");
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_stops_the_start_by_name()
    {
        var path = Path.Combine(_folder.FullName, "missing", "gateway.db");
        using var host = StorageHost.Build(options => options.SqlitePath = path);

        var start = () => host.StartAsync(TestContext.Current.CancellationToken);

        (await start.Should().ThrowAsync<StorageUnavailableException>()).Which.Message.Should().Contain(path);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
