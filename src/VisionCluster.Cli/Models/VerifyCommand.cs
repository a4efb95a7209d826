using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Options;
using Spectre.Console;
using VisionCluster.Cli.Commands;
using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Cli.Models;

/// <summary><c>visionctl models verify</c>: are the models on this disk what they were when they were made?</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var folders = new Argument<string[]>("folders")
        {
            Description = "Folders that hold model folders; none: the starter models beside the program.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("verify", "Check the files and rerun the golden self-test of models on this machine.") { folders };
        command.Run((parsed, terminal, cancellationToken) =>
            Task.Run(() => Verify(parsed.GetValue(folders) ?? [], terminal, cancellationToken), cancellationToken));
        return command;
    }

    private static int Verify(string[] folders, Terminal terminal, CancellationToken cancellationToken)
    {
        var options = new ModelCatalogOptions();
        foreach (var folder in folders)
        {
            options.Directories.Add(folder);
        }

        var models = new ModelCatalog(Options.Create(options)).Find();
        if (models.Count == 0)
        {
            throw new CommandException("There is no model to verify.");
        }

        var onnx = new OnnxOptions();
        var device = DeviceDiscovery.Find(onnx)[0];
        var verifier = new ModelVerifier(device, onnx, TimeProvider.System);
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumns("model", "version", "device", "largest difference", "allowed", "result");
        var failed = 0;
        foreach (var model in models)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (difference, result) = Check(verifier, model, terminal, ref failed);
            table.AddRow(
                new Text(model.Manifest.Name), new Text(model.Manifest.Version), new Text(device.Name),
                new Text(difference), new Text(Number(model.Manifest.SelfTest?.Tolerance)), new Markup(result));
        }

        terminal.Screen.Write(table);
        return failed == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static (string Difference, string Result) Check(
        ModelVerifier verifier, ModelFolder model, Terminal terminal, ref int failed)
    {
        try
        {
            return verifier.Verify(model) is { } difference
                ? (Number(difference), "[green]passed[/]")
                : ("", "[yellow]files are right; no self-test[/]");
        }
        catch (VisionException error)
        {
            failed++;
            terminal.Error(error.Message);
            return ("", "[red]failed[/]");
        }
    }

    private static string Number(double? value) => value?.ToString("0.0e+0", CultureInfo.InvariantCulture) ?? "";
}
