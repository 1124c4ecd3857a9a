using System.Collections.Concurrent;
using System.Reflection;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Limits;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Tests.Admission.Fakes;
using Orleans;
using Orleans.Runtime;

namespace Gateway.Api.Tests.Routing.Fakes;

/// <summary>Grains as plain objects, whichever engine the product was built for.</summary>
public sealed class FakeCluster
{
    public FakeCluster(TimeProvider time)
    {
        Time = time;
        Manifest = new FakeManifestGrain(time);
        var proxy = DispatchProxy.Create<IGrainFactory, FactoryProxy>();
        ((FactoryProxy)(object)proxy).Cluster = this;
        Grains = proxy;
    }

    public TimeProvider Time { get; }

    public IGrainFactory Grains { get; }

    public FakeManifestGrain Manifest { get; }

    public FakeManagementGrain Management { get; } = new();

    public ConcurrentDictionary<string, FakeEndpointGrain> Endpoints { get; } = new();

    /// <summary>By <c>subject/</c> or <c>account/</c> and key.</summary>
    public ConcurrentDictionary<string, FakeQuotaGrain> Quotas { get; } = new();

    public FakeQuotaGrain Quota(string key) => Quotas.GetOrAdd(key, _ => new FakeQuotaGrain(Time));

    public FakeEndpointGrain Endpoint(string id) => Endpoints.GetOrAdd(id, key => new FakeEndpointGrain(key, Time));

    public class FactoryProxy : DispatchProxy
    {
        public FakeCluster Cluster { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.ReturnType.Name switch
        {
            "IManifestGrain" => StandIn.For<IManifestGrain>(Cluster.Manifest),
            "IEndpointGrain" => StandIn.For<IEndpointGrain>(Cluster.Endpoint((string)args![0]!)),
            "ISubjectGrain" => StandIn.For<ISubjectGrain>(Cluster.Quota("subject/" + args![0])),
            "IAccountGrain" => StandIn.For<IAccountGrain>(Cluster.Quota("account/" + args![0])),
            "IManagementGrain" => StandIn.For<IManagementGrain>(Cluster.Management),
            var other => throw new NotSupportedException(other),
        };
    }
}
