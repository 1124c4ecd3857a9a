using Gateway.Cli.Host;

namespace Gateway.Cli.Agents;

/// <summary>A coding agent and its configuration file.</summary>
internal interface IAgent
{
    /// <summary>As it is called on the command line.</summary>
    string Name { get; }

    /// <summary>It offers only the models that its file lists.</summary>
    bool ListsModels { get; }

    string FileOn(CliHost host);

    /// <summary>The file with the gateway in it, and everything else as it was.</summary>
    /// <param name="present">Null: there is no file.</param>
    /// <param name="setup">The gateway.</param>
    /// <exception cref="FormatException">It cannot be changed without loss; the message says why.</exception>
    string Merge(string? present, AgentSetup setup);

    /// <summary>What the user should know afterwards, line by line.</summary>
    IEnumerable<string> Advice(string merged, AgentSetup setup);
}
