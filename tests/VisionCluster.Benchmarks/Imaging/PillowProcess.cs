using System.Diagnostics;
using System.Globalization;

namespace VisionCluster.Benchmarks.Imaging;

/// <summary>Pillow in a Python process: from a JPEG to CLIP's 224 x 224 pixels, without what comes after.</summary>
internal sealed class PillowProcess : IDisposable
{
    private const string Script =
        """
        import sys, time
        from PIL import Image
        for path in sys.stdin:
            started = time.process_time()
            image = Image.open(path.strip()).convert("RGB")
            w, h = image.size
            size = (224, int(224 * h / w)) if w <= h else (int(224 * w / h), 224)
            image = image.resize(size, Image.BICUBIC)
            left, top = round((size[0] - 224) / 2), round((size[1] - 224) / 2)
            pixels = image.crop((left, top, left + 224, top + 224)).tobytes()
            print((time.process_time() - started) * 1000, len(pixels), flush=True)
        """;

    private static readonly string[] Interpreters = ["python3", "/usr/bin/python3"];

    private readonly Process _process;

    private PillowProcess(Process process) => _process = process;

    /// <summary>Null where this machine has no Python with Pillow.</summary>
    public static PillowProcess? Start() => Array.Find(Interpreters, HasPillow) is { } python
        ? new PillowProcess(Process.Start(Settings(python, Script))!)
        : null;

    /// <summary>Milliseconds of processor time of one picture.</summary>
    public async Task<double> RunAsync(string path)
    {
        await _process.StandardInput.WriteLineAsync(path);
        var line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("Python has ended.");
        return double.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static bool HasPillow(string python)
    {
        try
        {
            using var probe = Process.Start(Settings(python, "import PIL"))!;
            probe.WaitForExit();
            return probe.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static ProcessStartInfo Settings(string python, string script) => new(python, ["-c", script])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };
}
