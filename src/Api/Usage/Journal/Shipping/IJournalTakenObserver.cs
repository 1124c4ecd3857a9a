namespace Gateway.Api.Usage.Journal.Shipping;

/// <summary>Wants to know that this process's journal was taken in as if the process had ended: the limits have heard the last word of its session.</summary>
public interface IJournalTakenObserver
{
    void OnTaken();
}
