using System.Reflection;

namespace Gateway.Runtime.Tests.Contract;

/// <summary>Grain code that compiles here compiles with Orleans: every public name and signature of the engine is one of Orleans.</summary>
public sealed class OrleansContractTests
{
    private static readonly string ContractPath = Path.Combine(AppContext.BaseDirectory, "OrleansContract.txt");

    // What Orleans has no equal to; only the hosting file of the built-in engine may name it.
    private const string EngineOnly = "Orleans.Configuration.ClusterTransportOptions";

    [Fact]
    public void every_public_type_and_member_of_the_engine_is_one_of_orleans()
    {
        var ours = PublicSurface.Read(typeof(IGrain).Assembly.Location).Where(type => type.Key != EngineOnly).ToDictionary();
        var excess = SurfaceComparison.Excess(
            ours, PublicSurface.Read(OrleansAssemblies.CoreAbstractions), ContractFile.Read(ContractPath));

        excess.Should().BeEmpty();
    }

    [Fact]
    public void every_public_type_and_member_of_the_test_cluster_is_one_of_orleans()
    {
        var excess = SurfaceComparison.Excess(
            PublicSurface.Read(typeof(InProcessTestCluster).Assembly.Location), PublicSurface.Read(OrleansAssemblies.TestingHost), ContractFile.Read(ContractPath));

        excess.Should().BeEmpty();
    }

    [Fact]
    public void the_contract_file_does_not_speak_of_types_that_can_be_compared_with_the_genuine_ones()
    {
        var genuine = PublicSurface.Read(OrleansAssemblies.CoreAbstractions);

        ContractFile.Read(ContractPath).Keys.Where(genuine.ContainsKey).Should().BeEmpty();
    }

    [Fact]
    public void the_contract_file_has_nothing_that_the_engine_lacks()
    {
        SurfaceComparison.Excess(
            ContractFile.Read(ContractPath), PublicSurface.Read(typeof(IGrain).Assembly.Location), PublicSurface.Read(typeof(InProcessTestCluster).Assembly.Location))
            .Should().BeEmpty();
    }

    [Theory]
    [InlineData("Orleans.Grain")]
    [InlineData("Orleans.IGrainFactory")]
    [InlineData("Orleans.GrainBaseExtensions")]
    [InlineData("Orleans.Runtime.IGrainTimer")]
    [InlineData("Orleans.Core.IStorage`1")]
    public void the_genuine_assembly_really_was_read(string type) =>
        PublicSurface.Read(OrleansAssemblies.CoreAbstractions)[type].Should().HaveCountGreaterThan(1);

    [Theory]
    [InlineData(typeof(Samples.Extra), "Extra does not exist")]
    [InlineData(typeof(Samples.IGrain), "IGrain has no 'public System.Void Invented()'")]
    [InlineData(typeof(Samples.GrainType), "GrainType has no 'sealed type : System.Object'")]
    [InlineData(typeof(Samples.IGrainTimer), "IGrainTimer has no 'public System.Void Change(System.TimeSpan due, System.TimeSpan period = null)'")]
    [InlineData(typeof(Samples.OneWayAttribute), "OneWayAttribute has no 'usage")]
    public void an_invented_type_member_base_parameter_or_usage_is_found(Type sample, string excess)
    {
        var name = typeof(Samples).FullName + "." + sample.Name;
        var line = PublicSurface.Read(Assembly.GetExecutingAssembly().Location)[name];
        var genuineName = PublicSurface.Read(OrleansAssemblies.CoreAbstractions).Keys.FirstOrDefault(type => type.EndsWith("." + sample.Name)) ?? "Extra";

        var found = SurfaceComparison.Excess(
            new Dictionary<string, IReadOnlySet<string>> { [genuineName] = line }, PublicSurface.Read(OrleansAssemblies.CoreAbstractions));

        found.Should().Contain(problem => problem.Contains(excess));
    }
}
