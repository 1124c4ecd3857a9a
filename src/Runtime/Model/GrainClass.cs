namespace Orleans
{
    using Orleans.Runtime;

    /// <summary>Base class of grains: one activation runs one turn at a time.</summary>
    public abstract class Grain : IGrainBase, IAddressable
    {
        public IGrainContext GrainContext { get; } = ActivationScope.CurrentContext;

        public string IdentityString => GrainContext.GrainId.ToString();

        protected IGrainFactory GrainFactory => ActivationScope.Of(GrainContext).GrainFactory;

        protected IServiceProvider ServiceProvider => ActivationScope.Of(GrainContext).ServiceProvider;

        public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

        protected void DeactivateOnIdle() => ActivationScope.Of(GrainContext).DeactivateOnIdle();
    }

    public static class GrainExtensions
    {
        public static string GetPrimaryKeyString(this IAddressable grain) => ActivationScope.KeyOf(grain);
    }

    public static class GrainBaseExtensions
    {
        public static IGrainTimer RegisterGrainTimer(this IGrainBase grain, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options) =>
            ActivationScope.Of(grain.GrainContext).RegisterTimer(callback, options);

        public static IGrainTimer RegisterGrainTimer(this IGrainBase grain, Func<CancellationToken, Task> callback, TimeSpan dueTime, TimeSpan period) =>
            grain.RegisterGrainTimer(callback, new GrainTimerCreationOptions(dueTime, period));
    }
}

namespace Orleans.Runtime
{
    using System.Diagnostics.CodeAnalysis;

    public readonly struct GrainTimerCreationOptions
    {
        public GrainTimerCreationOptions()
        {
        }

        [SetsRequiredMembers]
        public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
        {
            DueTime = dueTime;
            Period = period;
        }

        public required TimeSpan DueTime { get; init; }

        public required TimeSpan Period { get; init; }

        public bool Interleave { get; init; }

        public bool KeepAlive { get; init; }
    }

    internal interface IActivation
    {
        IGrainFactory GrainFactory { get; }

        IServiceProvider ServiceProvider { get; }

        void DeactivateOnIdle();

        IGrainTimer RegisterTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options);
    }

    internal static class ActivationScope
    {
        public static IGrainContext CurrentContext => throw new NotImplementedException();

        public static IActivation Of(IGrainContext context) => throw new NotImplementedException();

        public static string KeyOf(IAddressable grain) => throw new NotImplementedException();
    }
}
