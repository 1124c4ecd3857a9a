namespace Gateway.Cli.Host;

/// <summary>What scripts can tell apart.</summary>
public static class ExitCodes
{
    public const int Ok = 0;

    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>No credential, or one that is no good any more.</summary>
    public const int NotSignedIn = 3;

    /// <summary>A good credential of somebody who may not do this.</summary>
    public const int Denied = 4;

    /// <summary>The gateway, or what it needs to answer, cannot be reached.</summary>
    public const int Unreachable = 5;

    /// <summary>A limit or a budget is used up.</summary>
    public const int LimitReached = 6;

    /// <summary>An answer began and did not come to its end.</summary>
    public const int AnswerCut = 7;

    /// <summary>Ctrl-C, as shells count it.</summary>
    public const int Interrupted = 130;
}
