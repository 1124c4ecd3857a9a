namespace Gateway.Runtime.Tests.Messages;

public sealed class MessageRulesTests
{
    [Fact]
    public void messages_that_keep_the_rules_pass()
    {
        var rules = new MessageRules()
            .CheckInterface(typeof(Samples.ITakes<Samples.Good, Samples.GoodStruct?>))
            .CheckState(typeof(Samples.GoodState));

        rules.Problems.Should().BeEmpty();
        rules.Messages.Should().BeEquivalentTo([typeof(Samples.Good), typeof(Samples.Positional), typeof(Samples.GoodStruct), typeof(Samples.GoodState)]);
    }

    [Theory]
    [InlineData(typeof(Samples.WithoutSerializer), "WithoutSerializer has no [GenerateSerializer]")]
    [InlineData(typeof(Samples.WithoutImmutable), "WithoutImmutable has no [Immutable]")]
    [InlineData(typeof(Samples.WithoutAlias), "WithoutAlias has no [Alias]")]
    [InlineData(typeof(Samples.SameAlias), "SameAlias has the alias 'sample.good' of another type")]
    [InlineData(typeof(Samples.WithoutId), "WithoutId has no [Id] on Name")]
    [InlineData(typeof(Samples.SameId), "SameId uses the id 0 of Second twice")]
    [InlineData(typeof(Samples.Mutable), "Mutable lets Name be set")]
    [InlineData(typeof(Samples.NotARecord), "*NotARecord, which is neither a value, an immutable collection nor a record")]
    [InlineData(typeof(Samples.NotPublic), "NotPublic is not public")]
    [InlineData(typeof(Samples.WithObject), "WithObject.Anything is of type System.Object*")]
    [InlineData(typeof(Samples.WithJson), "WithJson.Json is of type System.Text.Json.JsonElement*")]
    [InlineData(typeof(Samples.WithTuple), "WithTuple.Pair is of type System.ValueTuple*")]
    [InlineData(typeof(Samples.WithList), "WithList.Names is of type System.Collections.Generic.List*")]
    [InlineData(typeof(Samples.WithArray), "WithArray.Bytes is of type System.Byte[]*")]
    [InlineData(typeof(Samples.WithDouble), "WithDouble.Ratio is a Double, which can be NaN or infinite")]
    [InlineData(typeof(Samples.WithField), "WithField has the public field Field")]
    [InlineData(typeof(Samples.Nested), "WithArray.Bytes is of type System.Byte[]*")]
    public void a_message_that_breaks_a_rule_is_found_as_parameter_and_as_result(Type message, string problem)
    {
        foreach (var exchange in new[] { typeof(Samples.ITakes<,>).MakeGenericType(message, typeof(Samples.Good)), typeof(Samples.ITakes<,>).MakeGenericType(typeof(Samples.Good), message) })
        {
            var rules = new MessageRules().CheckInterface(typeof(Samples.ITakes<Samples.Good, int>)).CheckInterface(exchange);

            rules.Problems.Should().ContainSingle().Which.Should().Match(problem);
        }
    }

    [Fact]
    public void a_floating_point_member_that_is_listed_as_finite_passes()
    {
        var rules = new MessageRules(new HashSet<string> { "WithDouble.Ratio" }).CheckInterface(typeof(Samples.ITakes<Samples.WithDouble, int>));

        rules.Problems.Should().BeEmpty();
    }

    [Fact]
    public void a_state_needs_a_schema_number_and_a_parameterless_constructor() =>
        new MessageRules().CheckState(typeof(Samples.Positional)).Problems.Should().BeEquivalentTo(
            ["Positional is a state without an int Schema", "Positional is a state without a parameterless constructor"]);

}
