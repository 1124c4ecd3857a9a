namespace Orleans.Runtime.Management;

/// <summary>What one silo tells the management grain of itself. Its key is the silo's address: it lives there and nowhere else.</summary>
internal interface ISiloControlGrain : IGrainWithStringKey
{
    Task<SimpleGrainStatistic[]> Count();

    Task<DetailedGrainStatistic[]> List(string[]? types);
}

[GrainType(Name)]
internal sealed class SiloControlGrain(ActivationDirectory directory, ILocalSiloDetails silo) : Grain, ISiloControlGrain
{
    private const string Name = "silo-control";

    public static GrainType Type { get; } = GrainType.Create(Name);

    public Task<SimpleGrainStatistic[]> Count() => Task.FromResult(Listed
        .GroupBy(NameOf)
        .Select(group => new SimpleGrainStatistic { GrainType = group.Key, SiloAddress = silo.SiloAddress, ActivationCount = group.Count() })
        .ToArray());

    public Task<DetailedGrainStatistic[]> List(string[]? types) => Task.FromResult(Listed
        .Where(activation => types is null || types.Contains(NameOf(activation)))
        .Select(activation => new DetailedGrainStatistic { GrainType = NameOf(activation), SiloAddress = silo.SiloAddress, GrainId = activation.GrainId })
        .ToArray());

    private IEnumerable<Activation> Listed => directory.Activations.Where(activation => activation.GrainId.Type != Type);

    private static string NameOf(Activation activation) =>
        $"{activation.GrainClass.Type.FullName},{activation.GrainClass.Type.Assembly.GetName().Name}";
}
