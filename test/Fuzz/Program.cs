using System.Globalization;
using Gateway.Fuzz.Run;

var options = FuzzOptions.Parse(args, out var problem);
if (options is null)
{
    await Console.Error.WriteLineAsync("error: " + problem);
    return 2;
}

Console.WriteLine(options.Case is { } only ? $"Seed {options.Seed}, case {only}" : string.Create(CultureInfo.InvariantCulture, $"Seed {options.Seed}, {options.Cases} cases, {options.Callers} callers at a time"));
var run = new FuzzRun(options, Console.WriteLine);
var findings = await run.RunAsync();
foreach (var finding in findings)
{
    Console.WriteLine($"FOUND: {finding.What}");
    Console.WriteLine(finding.CaseId is { } id ? $"Replay: eng/fuzz.sh {options.Seed} --case {id}" : $"It cannot be laid to one case; seed {options.Seed}.");
}

if (findings.Count == 0)
{
    Console.WriteLine("Nothing was found.");
}

return findings.Count == 0 ? 0 : 1;
