using System.Runtime.InteropServices;

namespace VisionCluster.Cli.Drawing;

/// <summary>Gives fontconfig a configuration where the machine has none; it would complain on standard error.</summary>
internal static partial class FontConfiguration
{
    private const string Variable = "FONTCONFIG_FILE";
    private const string SystemFile = "/etc/fonts/fonts.conf";

    // fontconfig reads the environment of C, which the runtime's own copy does not change.
    static FontConfiguration()
    {
        if (OperatingSystem.IsLinux() && !File.Exists(SystemFile) && Environment.GetEnvironmentVariable(Variable) is null)
        {
            _ = SetEnvironment(Variable, Path.Combine(AppContext.BaseDirectory, "font", "fonts.conf"), 0);
        }
    }

    public static void Ensure()
    {
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
