using Gateway.Runtime.Tests.Grains;
using Orleans.Runtime.Registration;

namespace Gateway.Runtime.Tests.Registration;

/// <summary>The wrong classes are generic, which keeps them out of the silos of other tests.</summary>
public sealed class GrainRegistryTests
{
    [Fact]
    public void a_class_is_named_after_itself_or_by_its_attribute()
    {
        var registry = new GrainRegistry([typeof(CounterGrain), typeof(ScriptedGrain)]);

        registry.FindClass(GrainType.Create("counter"))!.Type.Should().Be<CounterGrain>();
        registry.FindClass(GrainType.Create("scripted"))!.Type.Should().Be<ScriptedGrain>();
        registry.FindClass(GrainType.Create("unknown")).Should().BeNull();
    }

    [Fact]
    public void two_classes_of_one_name_are_refused() =>
        Refused("*CounterGrain and *CounterGrain are both named 'counter'*", typeof(CounterGrain), typeof(CounterGrain));

    [Theory]
    [InlineData(typeof(WrongGrain<IWithProperty>), "*IWithProperty.get_Name is a property or event*")]
    [InlineData(typeof(WrongGrain<IWithGenericMethod>), "*IWithGenericMethod.Get is generic*")]
    [InlineData(typeof(WrongGrain<IWithVoid>), "*IWithVoid.Do returns System.Void*")]
    [InlineData(typeof(WrongGrain<IWithReference>), "*IWithReference.Do passes value by reference*")]
    [InlineData(typeof(WrongGrain<IWithList>), "*IWithList.Do takes System.Collections.Generic.List*, which is not immutable*")]
    [InlineData(typeof(WrongGrain<IWithMutableResult>), "*IWithMutableResult.Get returns *Mutable, which is not immutable*")]
    [InlineData(typeof(WrongGrain<IWithEarlyToken>), "*IWithEarlyToken.Do has a CancellationToken that is not its last parameter*")]
    public void an_interface_that_cannot_be_served_is_refused_and_named(Type grainClass, string message)
    {
        var grainInterface = grainClass.GetGenericArguments()[0];

        FluentActions.Invoking(() => new GrainRegistry([]).GetInterface(grainInterface)).Should().Throw<OrleansConfigurationException>().WithMessage(message);
    }

    [Fact]
    public void an_immutable_mark_on_the_parameter_vouches_for_it() =>
        new GrainRegistry([]).GetInterface(typeof(IWithVouchedList)).Methods.Should().HaveCount(1);

    [Fact]
    public void a_class_with_two_constructors_is_refused() => Refused("*exactly one public constructor; it has 2*", typeof(TwoConstructorsGrain<int>));

    [Fact]
    public void a_state_of_the_wrong_type_is_refused() => Refused("*parameter state has [[]PersistentState] and must be of type IPersistentState*", typeof(WrongStateGrain<int>));

    [Fact]
    public void an_interface_without_a_class_says_so_when_it_is_asked_for() =>
        FluentActions.Invoking(() => new GrainRegistry([]).GetInterface(typeof(ICounterGrain)).Implementation(null))
            .Should().Throw<ArgumentException>().WithMessage("No grain class implements *ICounterGrain.");

    [Fact]
    public void an_interface_of_two_classes_needs_a_prefix()
    {
        var shared = new GrainRegistry([typeof(FirstSharedGrain), typeof(SecondSharedGrain)]).GetInterface(typeof(ISharedGrain));

        shared.Invoking(one => one.Implementation(null)).Should().Throw<ArgumentException>().WithMessage("*is implemented by *First* and *Second*");
        shared.Implementation(typeof(SecondSharedGrain).FullName).Type.Should().Be<SecondSharedGrain>();
        shared.Invoking(one => one.Implementation("Elsewhere")).Should().Throw<ArgumentException>().WithMessage("*starts with 'Elsewhere'*");
    }

    [Fact]
    public void methods_of_base_interfaces_belong_to_an_interface() =>
        new GrainRegistry([]).GetInterface(typeof(IDerivedGrain)).Methods.Keys.Select(method => method.Name).Should().BeEquivalentTo("First", "Second");

    [Fact]
    public void discovery_finds_classes_of_the_application_and_of_the_engine() =>
        GrainClassDiscovery.Classes.Should().Contain([typeof(CounterGrain), typeof(Orleans.Runtime.Management.ManagementGrain)]).And.OnlyHaveUniqueItems();

    private static void Refused(string message, params Type[] classes) =>
        FluentActions.Invoking(() => new GrainRegistry(classes)).Should().Throw<OrleansConfigurationException>().WithMessage(message.Replace("[[]", "["));
}
