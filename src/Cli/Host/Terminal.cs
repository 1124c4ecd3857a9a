using System.Text;

namespace Gateway.Cli.Host;

/// <summary>Where commands read, answer and speak. Answers go to the output, everything that is said to people goes to the error output.</summary>
public sealed class Terminal
{
    public required TextReader Input { get; init; }

    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>A person can type.</summary>
    public bool IsInputInteractive { get; init; }

    /// <summary>A person reads the output; otherwise it is a file or another program.</summary>
    public bool IsOutputInteractive { get; init; }

    public bool IsErrorInteractive { get; init; }

    /// <summary>Reads a line that does not appear on the screen.</summary>
    public Func<string?>? ReadHidden { get; init; }

    public static Terminal OfThisProcess() => new()
    {
        Input = Console.In,
        Output = Console.Out,
        Error = Console.Error,
        IsInputInteractive = !Console.IsInputRedirected,
        IsOutputInteractive = !Console.IsOutputRedirected,
        IsErrorInteractive = !Console.IsErrorRedirected,
        ReadHidden = ReadHiddenFromConsole,
    };

    public void Say(string message) => Error.WriteLine(message);

    /// <summary>Null: the input has ended.</summary>
    /// <remarks>A console is read on a thread of its own, since nothing else can leave such a read.</remarks>
    public Task<string?> ReadLineAsync(CancellationToken cancellationToken) =>
        Task.Run(Input.ReadLine, cancellationToken).WaitAsync(cancellationToken);

    public Task<string> ReadToEndAsync(CancellationToken cancellationToken) =>
        Task.Run(Input.ReadToEnd, cancellationToken).WaitAsync(cancellationToken);

    /// <summary>A secret, from a person without showing it, else the first line of the input.</summary>
    public async Task<string?> ReadSecretAsync(string prompt, CancellationToken cancellationToken)
    {
        if (!IsInputInteractive || ReadHidden is not { } readHidden)
        {
            return await ReadLineAsync(cancellationToken);
        }

        await Error.WriteAsync(prompt);
        var secret = await Task.Run(readHidden, cancellationToken).WaitAsync(cancellationToken);
        await Error.WriteLineAsync();
        return secret;
    }

    private static string? ReadHiddenFromConsole()
    {
        var text = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    return text.ToString();
                case ConsoleKey.Backspace:
                    text.Length = Math.Max(0, text.Length - 1);
                    break;
                default:
                    if (!char.IsControl(key.KeyChar))
                    {
                        text.Append(key.KeyChar);
                    }

                    break;
            }
        }
    }
}
