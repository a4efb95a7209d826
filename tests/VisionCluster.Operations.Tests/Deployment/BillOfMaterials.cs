using System.Text.Json;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>The list of what is in a published server (CycloneDX), held to what the runtime itself will load.</summary>
internal static class BillOfMaterials
{
    /// <summary>Fails where a package of the program is missing from the list, or has another version, no checksum or no licence.</summary>
    public static void Check(string app, string version)
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
