using System.Globalization;
using Spectre.Console;

namespace VisionCluster.Cli.Demo;

/// <summary>Prints the demo's answers.</summary>
internal static class DemoTable
{
    private static readonly string[] Numbers =
        ["score", "IoU", "decode", "prep", "queue", "infer", "post", "total ms"];

    public static Table Create(IReadOnlyList<IReadOnlyList<DemoAnswer>> groups)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns(new TableColumn("asked").NoWrap(), new TableColumn("answer").NoWrap(), new TableColumn("colour").NoWrap());
        foreach (var name in Numbers)
        {
            table.AddColumn(new TableColumn(name).RightAligned().NoWrap());
        }

        foreach (var group in groups.Where(group => group.Count > 0))
        {
            if (table.Rows.Count > 0)
            {
                table.AddEmptyRow();
            }

            foreach (var answer in group)
            {
                table.AddRow(Cells(answer));
            }
        }

        return table;
    }

    private static string[] Cells(DemoAnswer answer)
    {
        var colour = answer.Colour is { } swatch ? $"[{swatch.Hex}]\u2588\u2588[/] {swatch.Name}" : "";
        var mark = answer.Right switch { true => "[green]\u2713[/] ", false => "[red]\u2717[/] ", null => "" };
        var timings = answer.Timings;
        return
        [
            Markup.Escape(answer.Asked), mark + Markup.Escape(answer.Answer), colour,
            Number(answer.Score, "F2"), Number(answer.Iou, "F2"),
            Number(timings?.Decode, "F1"), Number(timings?.Preprocess, "F1"), Number(timings?.Queue, "F1"),
            Number(timings?.Inference, "F1"), Number(timings?.Postprocess, "F1"),
            Number(timings is null ? null : answer.Total, "F1"),
        ];
    }

    private static string Number(double? value, string format) =>
        value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
