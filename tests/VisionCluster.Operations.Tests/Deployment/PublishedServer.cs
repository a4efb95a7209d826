using System.Diagnostics;
using System.Text.Json;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>What has to lie in the folder of a published server.</summary>
internal static class PublishedServer
{
    /// <summary>Fails where a part is missing, has another version, or is not in the list of what is in it.</summary>
    public static void Check(string app, string version)
    {
        Assert.All(
            new[] { "VisionCluster.Server.dll", "appsettings.json", "models/starter-sam/model.json", "libonnxruntime.so", "LICENSE", "NOTICE", "models/NOTICE" },
            file => Assert.True(File.Exists(Path.Combine(app, file)), file));
        Assert.Empty(Directory.EnumerateFiles(app, "*.pdb"));
        Assert.StartsWith(version, FileVersionInfo.GetVersionInfo(Path.Combine(app, "VisionCluster.Server.dll")).ProductVersion!, StringComparison.Ordinal);
        CheckBill(app, version);
    }

    /// <summary>The list of its packages (CycloneDX), held to what the runtime itself will load.</summary>
    private static void CheckBill(string app, string version)
    {
        using var bill = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(app, "bom.json")));
        var root = bill.RootElement;
        Assert.Equal("CycloneDX", root.GetProperty("bomFormat").GetString());
        Assert.Equal(("VisionCluster", version), (Text(root.GetProperty("metadata").GetProperty("component"), "name"), Text(root.GetProperty("metadata").GetProperty("component"), "version")));
        var listed = root.GetProperty("components").EnumerateArray().ToDictionary(
            component => $"{Text(component, "name")}/{Text(component, "version")}", StringComparer.OrdinalIgnoreCase);

        using var dependencies = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(app, "VisionCluster.Server.deps.json")));
        var packages = dependencies.RootElement.GetProperty("libraries").EnumerateObject()
            .Where(library => library.Value.GetProperty("type").GetString() == "package").Select(library => library.Name).ToArray();
        Assert.True(packages.Length > 40, $"{packages.Length} packages");
        Assert.All(packages, package =>
        {
            Assert.True(listed.TryGetValue(package, out var component), $"{package} is not in bom.json.");
            Assert.StartsWith("pkg:nuget/", Text(component, "purl"), StringComparison.Ordinal);
            Assert.True(component.GetProperty("hashes").GetArrayLength() > 0, $"{package} has no checksum.");
            Assert.True(component.TryGetProperty("licenses", out var licences) && licences.GetArrayLength() > 0, $"{package} has no licence.");
        });
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
