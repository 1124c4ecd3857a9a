using Gateway.Grains.Limits.Budgets;
using Gateway.Grains.Limits.Clock;
using Gateway.Grains.Limits.Sessions;
using Microsoft.Extensions.Logging;

namespace Gateway.Grains.Limits;

/// <summary>What all activations of a silo share.</summary>
internal sealed class QuotaServices(SiloClock clock, INodeSessions sessions, ISpendLedger spend, TimeProvider time, ILogger<QuotaKeeper> logger)
{
    public SiloClock Clock => clock;

    public INodeSessions Sessions => sessions;

    public ISpendLedger Spend => spend;

    public TimeProvider Time => time;

    public ILogger Logger => logger;
}
