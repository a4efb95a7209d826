using System.Diagnostics;

namespace VisionCluster.Benchmarks.Masks;

/// <summary>
/// The recorded decoder as our export of checkpoints writes it, so that points share runs: made by
/// <c>training/export/check_sam_export.py</c>, which needs torch.
/// </summary>
internal sealed class BatchedDecoder : IDisposable
{
    private const string Script = "src/VisionCluster.StarterModels/training/export/check_sam_export.py";

    private readonly string _folder;

    private BatchedDecoder(string folder) => _folder = folder;

    /// <summary>The file.</summary>
    public string Path => System.IO.Path.Combine(_folder, "decoder.onnx");

    /// <summary>Null where this machine cannot make it.</summary>
    public static BatchedDecoder? Export(string golden)
    {
        if (FindScript() is not { } script)
        {
            return null;
        }

        var decoder = new BatchedDecoder(Directory.CreateTempSubdirectory("vision").FullName);
        try
        {
            // Debian's interpreter: it is the one that Debian's torch belongs to.
            using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", [script, "decoder", golden, decoder.Path])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["PYTHONDONTWRITEBYTECODE"] = "1" },
            })!;
            var (said, wrong) = (python.StandardOutput.ReadToEndAsync(), python.StandardError.ReadToEndAsync());
            python.WaitForExit();
            Task.WaitAll(said, wrong);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No interpreter.
        }

        if (File.Exists(decoder.Path))
        {
            return decoder;
        }

        decoder.Dispose();
        return null;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string? FindScript()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.Path.Combine(folder.FullName, Script) is var path && File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
