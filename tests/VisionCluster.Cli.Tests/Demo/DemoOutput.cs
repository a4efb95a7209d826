using System.Globalization;

namespace VisionCluster.Cli.Tests.Demo;

/// <summary>Reads what the demo printed and wrote.</summary>
internal static class DemoOutput
{
    private static readonly string[] Objects = ["dog face", "automobile", "pizza", "umbrella"];

    /// <summary>Everything that a demo must show.</summary>
    public static void AssertComplete(string output, string folder)
    {
        var rows = output.Split('\n').Where(line => line.StartsWith('│'))
            .Select(line => line.Trim('│', '\r').Split('│', StringSplitOptions.TrimEntries)).ToArray();
        Assert.Equal(
            ["asked", "answer", "colour", "score", "IoU", "decode", "prep", "queue", "infer", "post", "total ms"], rows[0]);
        Assert.All(Objects, name => Assert.Contains(rows, row => row[0] == $"click on the {name}"));
        Assert.All(Objects, name => Assert.Contains(rows, row => row[0] == $"box around the {name}"));
        Assert.All(Objects, name => Assert.Contains(rows, row => row[1].EndsWith(name, StringComparison.Ordinal)));

        var overlaps = rows.Skip(1).Where(row => row[4].Length > 0).Select(row => Number(row[4])).ToArray();
        Assert.All(overlaps, overlap => Assert.InRange(overlap, 0, 1));
        Assert.InRange(overlaps.Average(), 0.6, 1);
        var calls = rows.Skip(1).Where(row => row[10].Length > 0).ToArray();
        Assert.True(calls.Length >= 13);
        // Stages of a single prompt run one after the other, so that the whole is longer than any.
        Assert.All(
            calls.Where(row => row[0].StartsWith("click", StringComparison.Ordinal) || row[0].StartsWith("which", StringComparison.Ordinal)),
            row => Assert.True(Number(row[10]) >= Number(row[8])));

        foreach (var picture in (string[])["clicks.png", "boxes.png", "detect.png"])
        {
            var bytes = File.ReadAllBytes(Path.Combine(folder, picture));
            Assert.Equal((640, 480), PngSize(bytes));
        }
    }

    /// <summary>Width and height from a PNG's header.</summary>
    public static (int Width, int Height) PngSize(byte[] png)
    {
        Assert.Equal("PNG"u8.ToArray(), png[1..4]);
        return (BigEndian(png, 16), BigEndian(png, 20));
    }

    private static int BigEndian(byte[] bytes, int at) => (int)System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
