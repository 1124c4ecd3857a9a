using System.Net.Sockets;
using Gateway.Silo.Startup;
using Gateway.Silo;
using Gateway.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Gateway.Silo.Tests.Startup;

public sealed class StartFailureTests
{
    private static readonly ProgramDescription Program = new("", "ASPNETCORE_URLS");
    private static readonly StartAttempt Attempt = new() { Addresses = ["http://127.0.0.1:8000"], AdminAddresses = ["http://127.0.0.1:8001"] };

    [Fact]
    public void A_taken_port_names_the_address_and_the_setting() =>
        Explain(new IOException("Failed to bind to address http://0.0.0.0:8000: address already in use.", new AddressInUseException("in use")))
            .Should().StartWith("http://0.0.0.0:8000 is taken").And.Contain("ASPNETCORE_URLS");

    [Fact]
    public void A_taken_port_of_another_listener_names_that_ones_setting()
    {
        Explain(new IOException("Failed to bind to address http://127.0.0.1:8001: address already in use.", new AddressInUseException("in use")))
            .Should().StartWith("http://127.0.0.1:8001 is taken").And.Contain("GATEWAY_ADMIN_URLS").And.NotContain("ASPNETCORE_URLS");
        var taken = new IOException("Failed to bind to address http://127.0.0.1:11111: address already in use.", new AddressInUseException("in use"));
        Explain(new OrleansConfigurationException($"The silo cannot listen on 127.0.0.1:11111: {taken.Message}", taken))
            .Should().StartWith("http://127.0.0.1:11111 is taken").And.Contain("SILO_PORT").And.NotContain("ASPNETCORE_URLS");
        Explain(new OrleansConfigurationException("The silo cannot listen on [::]:111: Permission denied", new SocketException((int)SocketError.AccessDenied)))
            .Should().StartWith("The silo port may not be used by this user").And.Contain("SILO_PORT").And.NotContain("ASPNETCORE_URLS");
    }

    [Theory]
    [InlineData("http://localhost:8001")]
    [InlineData("http://*:8001/")]
    [InlineData("http://gateway.example.org:8001")]
    public void However_the_setting_spells_the_address_it_is_named(string written) =>
        StartFailure.Explain(
            new IOException("Failed to bind to address http://[::]:8001: address already in use.", new AddressInUseException("in use")),
            Program,
            new StartAttempt { Addresses = ["http://*:8000", written], AdminAddresses = [written] })
            .Should().ContainSingle().Which.Should().Contain("GATEWAY_ADMIN_URLS").And.NotContain("ASPNETCORE_URLS");

    [Fact]
    public void Where_nobody_says_which_address_it_is_both_settings_are_named() =>
        Explain(new SocketException((int)SocketError.AddressNotAvailable)).Should().Contain("ASPNETCORE_URLS").And.Contain("GATEWAY_ADMIN_URLS");

    [Theory]
    [InlineData(SocketError.AccessDenied, "may not be used by this user")]
    [InlineData(SocketError.AddressNotAvailable, "is no address of this machine")]
    public void A_refused_port_names_the_address(SocketError error, string text) =>
        Explain(new SocketException((int)error)).Should().StartWith(Attempt.Addresses[0]).And.Contain(text);

    [Fact]
    public void What_the_gateway_says_itself_is_passed_on()
    {
        Explain(new StartException("DATA_DIR: taken.")).Should().Be("DATA_DIR: taken.");
        Explain(new OptionsValidationException("", typeof(object), ["A: wrong."])).Should().Be("A: wrong.");
        Explain(new StorageVersionException("/d/gateway.db", 9, 1)).Should().Contain("newer version");
        Explain(new StorageUnavailableException("no")).Should().StartWith("DATA_DIR: ");
    }

    [Fact]
    public void A_shared_database_that_fails_is_named_by_its_own_setting() =>
        StartFailure.Explain(new StorageUnavailableException("The database db at h:5432 cannot be reached."), Program, Attempt, postgres: true)
            .Should().Equal("DATABASE_URL: The database db at h:5432 cannot be reached.");

    [Fact]
    public void Anything_else_is_one_line_without_a_stack_trace() =>
        Explain(new InvalidOperationException("outer", new InvalidOperationException("first line\n   at Some.Method()")))
            .Should().Be("The start failed: first line");

    private static string Explain(Exception exception) => StartFailure.Explain(exception, Program, Attempt).Should().ContainSingle().Subject;
}
