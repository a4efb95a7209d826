using System.Text.Json;
using VisionCluster.Cli.Commands;
using VisionCluster.Cli.Drawing;
using VisionCluster.Contracts.Detection;

namespace VisionCluster.Cli.Demo;

/// <summary>The sample picture of the demo, with what is truly in it.</summary>
/// <param name="Picture">The PNG file.</param>
/// <param name="Objects">Later ones cover earlier ones.</param>
/// <param name="Vocabulary">The labels of all samples, sorted: what there is to choose from.</param>
internal sealed record DemoScene(byte[] Picture, IReadOnlyList<SceneObject> Objects, IReadOnlyList<string> Vocabulary)
{
    private const string Name = "held-twemoji-1";

    /// <summary>The sample that lies beside the program, wherever it is started from.</summary>
    /// <exception cref="CommandException">It is missing or broken.</exception>
    public static DemoScene Load()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "samples");
        try
        {
            var objects = Read(Path.Combine(folder, $"{Name}.json")).Select((found, i) => new SceneObject(
                found.Label,
                new PixelBox(found.Box[0], found.Box[1], found.Box[2], found.Box[3]),
                MaskReader.FromPng(File.ReadAllBytes(Path.Combine(folder, found.Mask))),
                Swatch.Of(i)));
            var vocabulary = Directory.EnumerateFiles(folder, "*.json").SelectMany(Read).Select(found => found.Label)
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
            return new DemoScene(File.ReadAllBytes(Path.Combine(folder, $"{Name}.png")), [.. objects], [.. vocabulary]);
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            throw new CommandException($"The sample picture beside the program cannot be read: {error.Message}", error);
        }
    }

    private static IEnumerable<ObjectRecord> Read(string file) =>
        JsonSerializer.Deserialize<SceneRecord>(File.ReadAllBytes(file), JsonSerializerOptions.Web)!.Objects;

    private sealed record SceneRecord(IReadOnlyList<ObjectRecord> Objects);

    private sealed record ObjectRecord(string Label, string Mask, double[] Box);
}
