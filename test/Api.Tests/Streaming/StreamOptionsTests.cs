using Gateway.Api.Streaming;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Tests.Streaming;

public sealed class StreamOptionsTests
{
    [Fact]
    public void Keep_alives_come_after_15_seconds_unless_told_otherwise()
    {
        Options(null).KeepAliveSeconds.Should().Be(15);
        Options("0").KeepAliveSeconds.Should().Be(0);
        Options("2.5").KeepAliveSeconds.Should().Be(2.5);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("0.5")]
    [InlineData("3601")]
    [InlineData("NaN")]
    public void A_value_out_of_bounds_is_refused_by_the_setting_s_name(string value)
    {
        var reading = () => Options(value);

        reading.Should().Throw<OptionsValidationException>().WithMessage("*Gateway:Stream:KeepAliveSeconds*");
    }

    private static StreamOptions Options(string? keepAliveSeconds)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(keepAliveSeconds is null ? [] : [KeyValuePair.Create<string, string?>("Gateway:Stream:KeepAliveSeconds", keepAliveSeconds)])
            .Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddStreaming().BuildServiceProvider();
        return services.GetRequiredService<IOptions<StreamOptions>>().Value;
    }
}
