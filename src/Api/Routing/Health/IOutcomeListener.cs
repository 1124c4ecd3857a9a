namespace Gateway.Api.Routing.Health;

/// <summary>Hears of outcomes that the cluster should know at once.</summary>
public interface IOutcomeListener
{
    void OutcomeEnded(EndpointState endpoint);
}
