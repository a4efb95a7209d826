namespace VisionCluster.Cli.Drawing;

/// <summary>A colour that tells one object from another.</summary>
/// <param name="Name">As a table prints it.</param>
/// <param name="R">Red.</param>
/// <param name="G">Green.</param>
/// <param name="B">Blue.</param>
internal readonly record struct Swatch(string Name, byte R, byte G, byte B)
{
    private static readonly Swatch[] Palette =
    [
        new("pink", 236, 72, 153), new("cyan", 34, 211, 238), new("violet", 139, 92, 246), new("yellow", 250, 204, 21),
        new("orange", 251, 146, 60), new("blue", 59, 130, 246), new("green", 74, 222, 128), new("red", 239, 68, 68),
    ];

    public static readonly Swatch White = new("white", 255, 255, 255);

    public static readonly Swatch Black = new("black", 16, 16, 20);

    /// <summary>White or black, whichever can be read on this colour (weights of ITU-R BT.601).</summary>
    public Swatch Ink => (0.299 * R) + (0.587 * G) + (0.114 * B) > 150 ? Black : White;

    /// <summary>The colour of the n-th object; they repeat after eight.</summary>
    public static Swatch Of(int index) => Palette[index % Palette.Length];

    /// <summary>As in CSS.</summary>
    public string Hex => $"#{R:x2}{G:x2}{B:x2}";
}
