using System.Text;
using Gateway.Api.Authentication;
using Gateway.Api.Errors;
using Gateway.Api.Forwarding.Body;
using Gateway.Api.Http;
using Gateway.Api.Usage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gateway.Api.Tests.Usage;

public sealed class EndUserNameTests
{
    private static readonly Caller Delegate = new() { Key = "key:k", Id = "k", Username = "k", Name = "k", AuthService = "gateway", ActsOnBehalfOfOthers = true };
    private static readonly Caller Other = new() { Key = "key:o", Id = "o", Username = "o", Name = "o", AuthService = "gateway" };

    [Theory]
    [InlineData("""{}""", null, null)]
    [InlineData("""{}""", "ann@example.org", "ann@example.org")]
    [InlineData("""{"user":"u"}""", null, "u")]
    [InlineData("""{"us\u0065r":"\u0041nn é\ud83d\ude00"}""", null, "Ann é😀")]
    [InlineData("""{"safety_identifier":"s","user":"u"}""", null, "s")]
    [InlineData("""{"user":"u","safety_identifier":"s"}""", null, "s")]
    [InlineData("""{"user":"u","safety_identifier":null}""", null, "u")]
    [InlineData("""{"user":null}""", null, null)]
    [InlineData("""{"user":7}""", "ann", "ann")]
    [InlineData("""{"metadata":{"user":"no"}}""", null, null)]
    public void The_header_goes_before_the_body_and_the_newer_name_before_the_older(string fields, string? header, string? expected)
    {
        foreach (var operation in Enum.GetValues<Operation>())
        {
            Of(Delegate, fields, header is null ? default : new StringValues(header), out var error, operation).Should().Be(expected);
            error.Should().BeNull();
        }
    }

    [Theory]
    [InlineData("""{"user":"u","safety_identifier":"s"}""", "ann")]
    [InlineData("""{"user":7}""", "")]
    public void Nobody_is_believed_without_the_right_to_and_nobody_is_refused_for_it(string fields, string header)
    {
        Of(Other, fields, header, out var error).Should().BeNull();
        error.Should().BeNull();
    }

    [Theory]
    [InlineData("""{"user":7}""", "user")]
    [InlineData("""{"user":""}""", "user")]
    [InlineData("""{"user":{"a":"b"}}""", "user")]
    [InlineData("""{"user":["a"]}""", "user")]
    [InlineData("""{"user":true}""", "user")]
    [InlineData("""{"user":"a\nb"}""", "user")]
    [InlineData("""{"user":" a"}""", "user")]
    [InlineData("""{"user":"\ud800"}""", "user")]
    [InlineData("""{"user":"\u202eevil"}""", "user")]
    [InlineData("""{"user":"u","safety_identifier":""}""", "safety_identifier")]
    public void A_name_that_is_none_is_refused_by_its_parameter(string fields, string param)
    {
        Of(Delegate, fields, default, out var error).Should().BeNull();
        error!.Status.Should().Be(400);
        error.Param.Should().Be(param);
    }

    [Fact]
    public void A_header_is_sent_once()
    {
        Of(Delegate, "{}", new StringValues(["a", "b"]), out var error).Should().BeNull();
        error!.Param.Should().Be(EndUserName.Header);
    }

    [Fact]
    public void Names_have_256_characters_at_most_however_they_are_written()
    {
        var longest = new string('é', 256);
        var escaped = string.Concat(longest.Select(letter => $"\\u{(int)letter:x4}"));

        Of(Delegate, $$"""{"user":"{{longest}}"}""", default, out _).Should().Be(longest);
        Of(Delegate, $$"""{"user":"{{escaped}}"}""", default, out _).Should().Be(longest);
        Of(Delegate, $$"""{"user":"{{longest}}x"}""", default, out var error).Should().BeNull();
        error!.Param.Should().Be("user");
        Of(Delegate, $$"""{"user":"{{new string('x', 1_000_000)}}"}""", default, out error).Should().BeNull();
        error!.Message.Length.Should().BeLessThan(200);
        Of(Delegate, "{}", new string('x', 257), out error).Should().BeNull();
    }

    [Fact]
    public void Who_may_not_name_anybody_costs_nothing()
    {
        var body = Encoding.UTF8.GetBytes(Body("""{"user":"u"}""", Operation.ChatCompletions));
        RequestPeek.TryRead(body, Operation.ChatCompletions, modelInPath: false, out var peeked, out _).Should().BeTrue();
        var headers = new HeaderDictionary { [EndUserName.Header] = "ann" };
        EndUserName.Of(Other, headers, peeked!, body, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        EndUserName.Of(Other, headers, peeked!, body, out _);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    private static string? Of(Caller caller, string fields, StringValues header, out GatewayError? error, Operation operation = Operation.ChatCompletions)
    {
        var body = Encoding.UTF8.GetBytes(Body(fields, operation));
        RequestPeek.TryRead(body, operation, modelInPath: false, out var peeked, out var refused).Should().BeTrue(refused?.Message);
        var headers = new HeaderDictionary();
        if (header.Count > 0)
        {
            headers[EndUserName.Header] = header;
        }

        return EndUserName.Of(caller, headers, peeked!, body, out error);
    }

    private static string Body(string fields, Operation operation)
    {
        var input = operation switch { Operation.ChatCompletions => "\"messages\":[]", Operation.Completions => "\"prompt\":\"\"", _ => "\"input\":\"\"" };
        return $$"""{"model":"m",{{input}}{{(fields == "{}" ? "" : ",")}}{{fields[1..]}}""";
    }
}
