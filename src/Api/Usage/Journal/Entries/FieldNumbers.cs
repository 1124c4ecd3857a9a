namespace Gateway.Api.Usage.Journal.Entries;

internal static class HeaderFields
{
    public const int Session = 1;
    public const int Node = 2;
    public const int PreviousLength = 3;
    public const int Cluster = 4;
}

internal static class IntentFields
{
    public const int Id = 1;
    public const int ClientId = 2;
    public const int User = 3;
    public const int Key = 4;
    public const int Group = 5;
    public const int Project = 6;
    public const int EndUser = 7;
    public const int Model = 8;
    public const int Endpoint = 9;
    public const int Operation = 10;
    public const int IsStreamed = 11;
    public const int Reserved = 12;
    public const int ReservedNanoUsd = 13;
    public const int PriceVersion = 14;
    public const int Charge = 15;
    public const int EarlierAttempts = 16;
}

internal static class OutcomeFields
{
    public const int Id = 1;
    public const int ServedModel = 2;
    public const int Endpoint = 3;
    public const int Attempt = 4;
    public const int Status = 5;
    public const int Usage = 6;
    public const int CostNanoUsd = 7;
    public const int PriceVersion = 8;
    public const int FirstBytePlusOne = 9;
    public const int Duration = 10;
    public const int IsPartial = 11;
    public const int IsEstimated = 12;
    public const int Charge = 13;
}

internal static class AttemptFields
{
    public const int Endpoint = 1;
    public const int Status = 2;
    public const int Failure = 3;
    public const int Duration = 4;
    public const int Usage = 5;
    public const int CostNanoUsd = 6;
}

internal static class TokenFields
{
    public const int Input = 1;
    public const int CachedInput = 2;
    public const int CacheWrite = 3;
    public const int Output = 4;
    public const int Reasoning = 5;
    public const int AudioInput = 6;
    public const int AudioOutput = 7;
    public const int IsEstimated = 8;
}

internal static class ChargeFields
{
    public const int Subject = 1;
    public const int Epoch = 2;
    public const int WindowId = 3;
    public const int Period = 4;
    public const int Amount = 5;
    public const int Session = 6;
}
