using Spectre.Console;

namespace VisionCluster.Cli.Commands;

/// <summary>Where a command writes.</summary>
/// <param name="Output">Standard output, as it is.</param>
/// <param name="Screen">Standard output with colour and tables.</param>
/// <param name="Errors">Standard error with colour.</param>
internal sealed record Terminal(TextWriter Output, IAnsiConsole Screen, IAnsiConsole Errors)
{
    /// <summary>Columns of a table in a file or pipe, which has no width of its own.</summary>
    private const int FileWidth = 140;

    public static Terminal For(TextWriter output, TextWriter errors) => new(output, Create(output), Create(errors));

    public void Error(string message) => Errors.MarkupLineInterpolated($"[red]error:[/] {message}");

    /// <summary>Does something for each, one after the other, under a progress bar where somebody watches.</summary>
    public async Task ForEachAsync<T>(IReadOnlyList<T> items, Func<T, Task> action)
    {
        if (items.Count == 1 || !Errors.Profile.Out.IsTerminal)
        {
            foreach (var item in items)
            {
                await action(item);
            }

            return;
        }

        await Errors.Progress().AutoClear(true).StartAsync(async shown =>
        {
            var bar = shown.AddTask("images", maxValue: items.Count);
            foreach (var item in items)
            {
                await action(item);
                bar.Increment(1);
            }
        });
    }

    private static IAnsiConsole Create(TextWriter writer)
    {
        var target = new AnsiConsoleOutput(writer);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = target,
            Ansi = target.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
        });
        if (!target.IsTerminal)
        {
            console.Profile.Width = FileWidth;
        }

        return console;
    }
}
