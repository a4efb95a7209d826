using VisionCluster.Inference.Imaging.Isolation;

namespace VisionCluster.Server.Roles;

/// <summary>How this program is started as a decoder of pictures.</summary>
public static class DecoderSetup
{
    private const string Host = "dotnet";

    /// <summary>By the host that runs this process, else the program beside this assembly.</summary>
    public static DecoderCommand Command()
    {
        var assembly = typeof(DecoderSetup).Assembly.Location;
        var program = Path.ChangeExtension(assembly, OperatingSystem.IsWindows() ? ".exe" : null);
        return Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == Host ? new DecoderCommand(host, [assembly])
            : File.Exists(program) ? new DecoderCommand(program, [])
            : new DecoderCommand(Host, [assembly]);
    }
}
