using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using VisionCluster.TestKit.Processes;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>The script of the chart's init container, run by a real shell: files are fetched, and are what their checksums say.</summary>
public sealed class ChartModelsTests
{
    private static readonly byte[] Content = [1, 2, 3, 4];

    [ChartTheory]
    [InlineData(true, "found", true)]
    [InlineData(false, "found", false)]
    [InlineData(true, "missing", false)]
    public async Task Download_OfAModel_IsKeptOnlyWhereItsChecksumHolds(bool sameContent, string file, bool expected)
    {
        await using var server = WebApplication.CreateSlimBuilder().Build();
        server.Urls.Add("http://127.0.0.1:0");
        server.MapGet("/found", () => Results.Bytes(Content));
        await server.StartAsync();
        using var folder = new TemporaryFolder();
        var sum = Convert.ToHexStringLower(SHA256.HashData(sameContent ? Content : [9]));
        var (code, _, errors) = await RunAsync(
            folder, $$"""models.download=[{"path":"sam/model.json","url":"{{server.Urls.First()}}/{{file}}","sha256":"{{sum}}"}]""");
        Assert.Equal(expected, code == 0);
        if (expected)
        {
            Assert.Equal(Content, await File.ReadAllBytesAsync(Path.Combine(folder.Path, "sam", "model.json")));
        }
        else
        {
            Assert.NotEmpty(errors);
        }
    }

    [ChartTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Claim_WithChecksums_IsLookedAtAndNotWrittenTo(bool same)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "sam"));
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "sam", "model.json"), same ? Content : [9]);
        var sum = Convert.ToHexStringLower(SHA256.HashData(Content));
        var (code, _, _) = await RunAsync(folder, $$$"""models={"existingClaim":"claim","checksums":{"sam/model.json":"{{{sum}}}"}}""");
        Assert.Equal(same, code == 0);
        Assert.Single(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    /// <summary>As the pod does, with the folder in place of /models.</summary>
    private static async Task<(int Code, string Output, string Errors)> RunAsync(TemporaryFolder folder, string models)
    {
        var manifests = await Helm.ManifestsAsync("trial", "--set-json", models);
        var worker = manifests.OfKind("Deployment").Single(deployment => Helm.At(deployment, "spec", "template", "spec", "initContainers") is not null);
        var command = Helm.List(Helm.List(worker, "spec", "template", "spec", "initContainers").Single(), "command").Select(part => part.ToString()).ToArray();
        Assert.Equal(["sh", "-eu", "/scripts/models.sh"], command);
        using var scripts = new TemporaryFolder();
        var script = Path.Combine(scripts.Path, "models.sh");
        var map = manifests.OfKind("ConfigMap").Single(found => Helm.At(found, "data", "models.sh") is not null);
        var text = Helm.Text(map, "data", "models.sh");
        Assert.StartsWith("cd /models\n", text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(script, text.Replace("cd /models\n", $"cd {folder.Path}\n", StringComparison.Ordinal).Replace("--retry 5", "--retry 0", StringComparison.Ordinal));
        return await Command.RunAsync(command[0], null, command[1], script);
    }
}
