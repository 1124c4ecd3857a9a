using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;
using Gateway.Cli.Text;

namespace Gateway.Cli.Usage;

internal sealed class UsageCommand : CliCommand
{
    private const string Unknown = "This gateway keeps no account of usage. It may be an older version";

    private static readonly string[] Groupings = ["user", "group", "project", "key", "model", "endpoint", "status", "end_user", "hour", "day", "month"];

    private readonly Option<bool> _admin = Flag("--admin", "Everybody's usage, for administrators.");
    private readonly Option<string?> _from = Text("--from", "WHEN", "With --admin: since then, like 2026-01-01, 2026-01-01T12:00:00Z or 7d (ago). Default: 30 days before --to.");
    private readonly Option<string?> _to = Text("--to", "WHEN", "With --admin: before then. Default: now.");
    private readonly Option<string?> _groupBy = Text("--group-by", "LIST", $"With --admin: a row for each {string.Join(", ", Groupings)}, or several with commas. Default: user,model.");

    public UsageCommand(CliHost host, GlobalOptions globals)
        : base(
            host,
            globals,
            "usage",
            "Shows what you have used, or with --admin what everybody has.",
            "gateway usage",
            "gateway usage --admin --from 2026-01-01 --to 2026-02-01 --group-by project,model")
    {
        foreach (var option in (Option[])[_admin, _from, _to, _groupBy])
        {
            Add(option);
        }
    }

    protected override Task RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        if (run.Value(_admin))
        {
            return ShowAllAsync(run, cancellationToken);
        }

        return run.Has(_from) || run.Has(_to) || run.Has(_groupBy)
            ? throw CliException.Usage("--from, --to and --group-by need --admin")
            : ShowOwnAsync(run, cancellationToken);
    }

    // What is not said is left to the gateway, whose default depends on the other end and on the grouping.
    private static string Bound(Invocation run, Option<string?> option, string parameter, DateTimeOffset now) =>
        run.Value(option) is { } text ? $"{parameter}={Uri.EscapeDataString(PointInTime.Parse(text, option.Name, now, future: false))}&" : "";

    private static async Task ShowOwnAsync(Invocation run, CancellationToken cancellationToken)
    {
        var client = await run.ClientAsync(cancellationToken);
        var me = await client.GetAsync("/v1/me", cancellationToken);
        var usage = (me as JsonObject)?["usage"] ?? throw Missing(me as JsonObject);

        if (run.Json)
        {
            run.WriteJson(usage);
            return;
        }

        UsageText.Write(usage, run.Terminal.Output);
    }

    private static CliException Missing(JsonObject? me) => me switch
    {
        _ when me?.ContainsKey("usage") != true => new(ExitCodes.Failed, Unknown),
        _ when me.Text("user") is null && me.Text("key") is null => new(ExitCodes.Failed, "This credential stands for neither a user nor a key, so no usage is added up for it"),
        _ => new(ExitCodes.Unreachable, "Your usage cannot be read now: the gateway does not reach its database. Nothing of it is lost. Try again later"),
    };

    private async Task ShowAllAsync(Invocation run, CancellationToken cancellationToken)
    {
        var now = run.Host.Time.GetUtcNow();
        var grouping = run.Value(_groupBy) ?? "user,model";
        if (grouping.Split(',').FirstOrDefault(word => !Groupings.Contains(word)) is not null)
        {
            throw CliException.Usage($"--group-by takes {string.Join(", ", Groupings)}, with commas between");
        }

        var range = Bound(run, _from, "from", now) + Bound(run, _to, "to", now);
        var client = await run.AdminClientAsync(cancellationToken);
        JsonNode? report;
        try
        {
            report = await client.GetAsync($"/admin/usage?{range}group_by={Uri.EscapeDataString(grouping)}", cancellationToken);
        }
        catch (CliException failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            throw new CliException(ExitCodes.Failed, Unknown + ", or /admin is at another address (gateway login --admin-url)");
        }

        if (run.Json)
        {
            run.WriteJson(report);
            return;
        }

        string[] columns = [.. grouping.Split(','), "requests", "input_tokens", "output_tokens", "cached_tokens", "cost_usd"];
        var table = new TextTable([.. columns.Select(column => column.Replace('_', ' ').ToUpperInvariant())]);
        foreach (var row in report.Data())
        {
            table.Add([.. columns.Select(column => row.Shown(column))]);
        }

        table.WriteTo(run.Terminal.Output);
    }
}
