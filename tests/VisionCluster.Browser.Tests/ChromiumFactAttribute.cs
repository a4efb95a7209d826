namespace VisionCluster.Browser.Tests;

/// <summary>A test that needs Debian's chromium.</summary>
internal sealed class ChromiumFactAttribute : FactAttribute
{
    /// <summary>Where it is.</summary>
    public const string Path = "/usr/bin/chromium";

    public ChromiumFactAttribute() => Skip = File.Exists(Path) ? null : "needs chromium (apt-get install chromium)";
}
