using Gateway.Grains.Manifests.Fetching;
using Gateway.Grains.Manifests.Parsing;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Manifests.Fetching;

public sealed class WatchedFileTests : IDisposable
{
    private readonly TemporaryFile _file = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task A_file_that_was_never_read_counts_as_changed_and_a_read_one_does_not()
    {
        _file.Write("{}");
        var watched = new WatchedFile(_file.Path, TimeProvider.System);
        (await watched.HasChangedAsync(Cancellation)).Should().BeTrue();

        (await watched.ReadAsync(TimeSpan.FromSeconds(30), Cancellation)).Should().BeOfType<FetchResult.Fresh>();

        (await watched.HasChangedAsync(Cancellation)).Should().BeFalse();
    }

    [Fact]
    public async Task Writing_replacing_and_deleting_the_file_are_changes()
    {
        _file.Write("{}");
        var watched = new WatchedFile(_file.Path, TimeProvider.System);
        foreach (var change in new Action[] { () => _file.Write("{ }"), () => _file.Replace("{  }"), _file.Delete, () => _file.Write("{}") })
        {
            await watched.ReadAsync(TimeSpan.FromSeconds(30), Cancellation);
            change();
            (await watched.HasChangedAsync(Cancellation)).Should().BeTrue();
        }
    }

    [Fact]
    public async Task A_link_that_is_switched_to_another_file_is_a_change()
    {
        _file.Write("{}");
        var link = _file.Path + ".link";
        File.CreateSymbolicLink(link, _file.Path);
        var watched = new WatchedFile(link, TimeProvider.System);
        await watched.ReadAsync(TimeSpan.FromSeconds(30), Cancellation);
        await File.WriteAllTextAsync(_file.Path + ".other", "{ \"a\": 1 }", Cancellation);

        File.Delete(link);
        File.CreateSymbolicLink(link, _file.Path + ".other");

        (await watched.HasChangedAsync(Cancellation)).Should().BeTrue();
    }

    [Fact]
    public async Task A_missing_file_is_a_failure_that_says_so()
    {
        var result = await new WatchedFile(_file.Path, TimeProvider.System).ReadAsync(TimeSpan.FromSeconds(30), Cancellation);

        result.Should().BeOfType<FetchResult.Failed>().Which.Error.Should().Contain("does not exist");
    }

    [Fact]
    public async Task A_file_beyond_the_size_bound_is_a_failure()
    {
        await File.WriteAllBytesAsync(_file.Path, new byte[ManifestBounds.DocumentBytes + 1], Cancellation);

        var result = await new WatchedFile(_file.Path, TimeProvider.System).ReadAsync(TimeSpan.FromSeconds(30), Cancellation);

        result.Should().BeOfType<FetchResult.Failed>().Which.Error.Should().Contain("larger than 8 MiB");
    }
}
