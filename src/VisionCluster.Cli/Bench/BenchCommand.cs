using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;
using VisionCluster.Cli.Commands;
using VisionCluster.Client;

namespace VisionCluster.Cli.Bench;

/// <summary><c>visionctl bench</c>: how many requests a cluster answers, and how fast.</summary>
internal static class BenchCommand
{
    private const int OpenLoopCallers = 1024;
    private const int MostCallers = 65_536;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static Command Create()
    {
        var images = new Argument<string[]>("images")
        {
            Description = "Image files or globs; without any, the samples beside the program.", Arity = ArgumentArity.ZeroOrMore,
        };
        var scenario = new Option<BenchScenario>("--scenario", "-s")
        {
            Description = "What each request does. click and classify: on images whose embedding is there. clickSession: open an image that nobody opened before, click it five times, delete it.",
        };
        // As the documentation writes them; any case is understood.
        scenario.CompletionSources.Clear();
        scenario.CompletionSources.Add([.. Enum.GetNames<BenchScenario>().Select(JsonNamingPolicy.CamelCase.ConvertName)]);
        var callers = new Option<int?>("--callers", "-c")
        {
            Description = $"So many callers, each asking again when it was answered (1); with --rate, at most so many requests under way ({OpenLoopCallers}).", HelpName = "count",
        };
        var rate = new Option<double?>("--rate", "-r")
        {
            Description = "Open loop: requests a second on average, at the times of a Poisson process whether others were answered or not. Latencies count from these times.", HelpName = "per-second",
        };
        var duration = Seconds("--duration", "-d", "Measured seconds.", 10);
        var warmUp = Seconds("--warm-up", "-w", "Seconds before that, not measured.", 2);
        var seed = new Option<int>("--seed") { Description = "Of the points clicked and the times of arrival.", DefaultValueFactory = static _ => 1 };
        var json = new Option<bool>("--json") { Description = "Write the figures as JSON." };
        callers.Validators.Add(static result => Require(result, result.GetValueOrDefault<int?>() is null or (>= 1 and <= MostCallers), $"--callers must be 1 to {MostCallers}."));
        rate.Validators.Add(static result => Require(result, result.GetValueOrDefault<double?>() is null or (> 0 and <= 1_000_000), "--rate must be above 0 and at most 1,000,000."));
        var connection = new ConnectionOptions();
        var command = new Command("bench", "Measure a cluster's latency and throughput, with the server's own stages.")
        {
            images, scenario, callers, rate, duration, warmUp, seed, json,
        };
        connection.AddTo(command);
        command.Run(async (parsed, terminal, cancellationToken) =>
        {
            var perSecond = parsed.GetValue(rate);
            var plan = new BenchPlan(
                parsed.GetValue(scenario),
                parsed.GetValue(callers) ?? (perSecond is null ? 1 : OpenLoopCallers),
                perSecond,
                TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
                TimeSpan.FromSeconds(parsed.GetValue(duration)),
                parsed.GetValue(seed));
            var files = InputFiles.Expand(parsed.GetValue(images) is { Length: > 0 } given ? given : Samples());
            var (client, http) = connection.Connect(parsed);
            using var _ = http;
            var report = await MeasureAsync(client, plan, await Task.WhenAll(files.Select(file => InputFiles.ReadAsync(file, cancellationToken))), terminal.Errors, cancellationToken);
            if (parsed.GetValue(json))
            {
                await terminal.Output.WriteLineAsync(JsonSerializer.Serialize(report, Json));
            }
            else
            {
                terminal.Screen.Write(BenchView.Draw(report));
            }

            if (report.Operations.Any(static operation => operation.Succeeded > 0))
            {
                return ExitCodes.Success;
            }

            terminal.Error("no request was answered.");
            return ExitCodes.Failure;
        });
        return command;
    }

    /// <summary>Each sample has a description beside it.</summary>
    private static string[] Samples() =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "samples"), "*.json").Select(static file => Path.ChangeExtension(file, ".png"))];

    private static async Task<BenchReport> MeasureAsync(
        IVisionClient client, BenchPlan plan, IReadOnlyList<byte[]> images, IAnsiConsole progress, CancellationToken cancellationToken)
    {
        var recorder = new BenchRecorder(TimeProvider.System);
        var target = new BenchTarget(client, plan, images, recorder, TimeProvider.System);
        await target.PrepareAsync(cancellationToken);
        var whole = plan.WarmUp + plan.Duration;
        await progress.Progress().AutoClear(true).StartAsync(async shown =>
        {
            var bar = shown.AddTask("measuring", maxValue: whole.TotalSeconds);
            var load = new BenchLoad(plan, recorder, TimeProvider.System).RunAsync(target.RequestAsync, cancellationToken);
            var started = TimeProvider.System.GetTimestamp();
            while (await Task.WhenAny(load, Task.Delay(Glance, TimeProvider.System, cancellationToken)) != load)
            {
                bar.Value = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
            }

            await load;
        });
        return recorder.Report(plan);
    }

    private static Option<double> Seconds(string name, string alias, string description, double usual)
    {
        var option = new Option<double>(name, alias) { Description = description, HelpName = "seconds", DefaultValueFactory = _ => usual };
        option.Validators.Add(result => Require(result, result.GetValueOrDefault<double>() is >= 0.1 and <= 86_400, $"{name} must be 0.1 to 86,400 seconds."));
        return option;
    }

    private static void Require(System.CommandLine.Parsing.OptionResult result, bool holds, string message)
    {
        if (!holds)
        {
            result.AddError(message);
        }
    }
}
