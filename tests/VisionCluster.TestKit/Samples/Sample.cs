using System.Text.Json;

namespace VisionCluster.TestKit.Samples;

/// <summary>A picture that ships, with the truth about it.</summary>
/// <param name="Bytes">The PNG.</param>
/// <param name="Objects">What is in it.</param>
public sealed record Sample(byte[] Bytes, IReadOnlyList<SampleObject> Objects)
{
    private static string Directory => Path.Combine(AppContext.BaseDirectory, "samples");

    /// <summary>Reads a picture by the name of its files.</summary>
    public static Sample Load(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Directory, $"{name}.json")));
        var objects = json.RootElement.GetProperty("objects").EnumerateArray().Select(SampleObject.Read).ToArray();
        return new Sample(File.ReadAllBytes(Path.Combine(Directory, $"{name}.png")), objects);
    }
}
