using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using VisionCluster.Cli.Commands;

namespace VisionCluster.Cli.Demo;

/// <summary><c>visionctl demo</c>: everything once, on a sample picture, with nothing set up before.</summary>
internal static class DemoCommand
{
    private const string Description =
        "Start a cluster in this process, ask it about a sample picture by clicks, boxes, labels and text, "
        + "write what it finds as pictures, and print how well and how fast it did.";

    public static Command Create()
    {
        var output = new Option<string>("--output", "-o")
        {
            Description = "Folder that the pictures are written to.",
            HelpName = "folder",
            DefaultValueFactory = static _ => "./visioncluster-demo",
        };
        var command = new Command("demo", Description) { output };
        command.Run((parsed, terminal, cancellationToken) =>
            RunAsync(terminal, parsed.GetRequiredValue(output), TimeProvider.System, cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(
        Terminal terminal, string folder, TimeProvider time, CancellationToken cancellationToken) =>
        terminal.Screen.Status().StartAsync("Starting a cluster in this process", async status =>
        {
            Directory.CreateDirectory(folder);
            var scene = DemoScene.Load();
            var started = time.GetTimestamp();
            await using var cluster = await EmbeddedCluster.StartAsync(cancellationToken);
            var models = await cluster.Client.ListModelsAsync(cancellationToken);
            terminal.Screen.MarkupLineInterpolated(
                $"Cluster ready in {Seconds(time.GetElapsedTime(started))} s with {string.Join(", ", models.Select(model => $"{model.Name} {model.Version}"))}.");

            status.Status("Asking");
            var tour = new DemoTour(cluster.Client, scene, time);
            var image = await cluster.Client.OpenImageAsync(scene.Picture, cancellationToken: cancellationToken);
            var clicks = await tour.ClickAsync(image, cancellationToken);
            var boxes = await tour.BoxAsync(image, cancellationToken);
            var names = await tour.ClassifyAsync(cancellationToken);
            var found = await tour.DetectAsync(image, cancellationToken);
            var texts = await tour.SegmentTextAsync(image, cancellationToken);

            status.Status("Drawing");
            string[] pictures =
            [
                await DemoPictures.WriteAsync(folder, "clicks.png", scene, clicks, cancellationToken),
                await DemoPictures.WriteAsync(folder, "boxes.png", scene, boxes, cancellationToken),
                await DemoPictures.WriteAsync(folder, "detect.png", scene, found, cancellationToken),
            ];
            terminal.Screen.Write(DemoTable.Create([clicks, boxes, names, found, texts]));
            terminal.Screen.WriteLine("Milliseconds of stages that run side by side are each counted whole. The first call of a kind includes the one "
                + "encoding of the picture and the warming up of code.");
            terminal.Screen.WriteLine($"Pictures: {string.Join(", ", pictures)}");
            DemoVerdict.Check(clicks, boxes, names, found);
            return ExitCodes.Success;
        });

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture);
}
