using Gateway.Fuzz.Run;

namespace Gateway.Fuzz;

public sealed class MemoryWatchTests
{
    [Fact]
    public void Memory_that_breathes_is_no_problem() => Watch(progress => 200 + (progress * 30)).Problem.Should().BeNull();

    [Fact]
    public void Memory_that_rises_to_the_end_is() => Watch(progress => 200 + (progress * 600)).Problem.Should().Contain("grew");

    private static MemoryWatch Watch(Func<double, double> megabytes)
    {
        var watch = new MemoryWatch(progress => (long)(megabytes(progress) * (1 << 20)));
        for (var step = 0; step <= 100; step++)
        {
            watch.Sample(step / 100.0);
        }

        return watch;
    }
}
