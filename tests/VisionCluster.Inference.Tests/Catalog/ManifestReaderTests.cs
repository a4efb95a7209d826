using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Tests.Models;

namespace VisionCluster.Inference.Tests.Catalog;

public sealed class ManifestReaderTests : IDisposable
{
    private static readonly string Starter = Path.Combine(AppContext.BaseDirectory, "models", "starter-sam");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("visioncluster-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Read_StarterModel_IsUnderstood()
    {
        var folder = ManifestReader.Read(Starter);
        Assert.Equal((ModelFamily.Sam, "starter-sam"), (folder.Manifest.Family, folder.Manifest.Name));
        folder.VerifyChecksums();
    }

    [Theory]
    [InlineData("\"starter-sam\"", "\"star/ter\"")]
    [InlineData("\"vision_encoder.onnx\"", "\"../../etc/passwd\"")]
    [InlineData("\"vision_encoder.onnx\"", "\"/etc/passwd\"")]
    [InlineData("\"sam\"", "\"unheard-of\"")]
    [InlineData("\"maxBatchSize\"", "\"preserveOrdering\"")]
    [InlineData("\"maxBatchSize\": 2", "\"maxBatchSize\": 0")]
    [InlineData("{", "")]
    public void Read_BrokenManifest_IsRefusedWithItsPath(string old, string changed)
    {
        Write(old, changed);
        var error = Assert.Throws<VisionException>(() => ManifestReader.Read(_folder.FullName));
        Assert.Equal(VisionErrorCode.ModelUnavailable, error.Code);
        Assert.Contains(_folder.FullName, error.Message);
    }

    /// <summary>Triton's names, and its defaults where nothing is said.</summary>
    [Fact]
    public void Read_Batching_TakesEveryOptionByItsName()
    {
        var set = new BatchingOptions
        {
            MaxBatchSize = 16, PreferredBatchSizes = [4, 8], MaxQueueDelayMicroseconds = 500, PriorityLevels = 3, DefaultPriorityLevel = 2,
            TimeoutAction = TimeoutAction.Delay, DefaultTimeoutMicroseconds = 70_000, AllowTimeoutOverride = true, MaxQueueSize = 99,
            MaxBatchCost = 12.5, LaneAgeingMicroseconds = 2000, TenantQueueShare = 0.25, OnlineQueueShare = 0.8, BulkQueueShare = 0.6,
            Instances = 2, RunLimitSeconds = 1.5,
        };
        Write("\"maxBatchSize\": 2", """
            "maxBatchSize": 16, "preferredBatchSizes": [4, 8], "maxQueueDelayMicroseconds": 500, "priorityLevels": 3,
            "defaultPriorityLevel": 2, "timeoutAction": "delay", "defaultTimeoutMicroseconds": 70000, "allowTimeoutOverride": true,
            "maxQueueSize": 99, "maxBatchCost": 12.5, "laneAgeingMicroseconds": 2000, "tenantQueueShare": 0.25,
            "onlineQueueShare": 0.8, "bulkQueueShare": 0.6, "instances": 2, "runLimitSeconds": 1.5
            """);
        var read = ManifestReader.Read(_folder.FullName).Manifest.Batching;
        Assert.Equal(set.PreferredBatchSizes, read.PreferredBatchSizes);
        Assert.Equal(set with { PreferredBatchSizes = [] }, read with { PreferredBatchSizes = [] });

        var usual = new BatchingOptions();
        Assert.Equal(
            (0L, 0, 0, TimeoutAction.Reject, 0L, false, 0),
            (usual.MaxQueueDelayMicroseconds, usual.PriorityLevels, usual.DefaultPriorityLevel, usual.TimeoutAction,
                usual.DefaultTimeoutMicroseconds, usual.AllowTimeoutOverride, usual.MaxQueueSize));
        Assert.Empty(usual.PreferredBatchSizes);
    }

    [Fact]
    public void Create_FileOfAnotherDigest_IsRefused()
    {
        Write("{", "{");
        foreach (var file in Directory.GetFiles(Starter).Where(f => !f.EndsWith("model.json", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(_folder.FullName, Path.GetFileName(file)));
        }

        using (var encoder = File.OpenWrite(Path.Combine(_folder.FullName, "vision_encoder.onnx")))
        {
            encoder.Seek(-1, SeekOrigin.End);
            encoder.WriteByte(77);
        }

        var error = Assert.Throws<VisionException>(() => ModelFactory.Create(ManifestReader.Read(_folder.FullName), ModelFixture.Services));
        Assert.Contains("SHA-256", error.Message);
    }

    [Fact]
    public void SelfTest_ToleranceThatNoRunMeets_IsRefused()
    {
        var folder = ManifestReader.Read(Starter);
        var strict = folder with
        {
            Manifest = folder.Manifest with { SelfTest = folder.Manifest.SelfTest! with { Tolerance = -1 } },
        };
        Assert.Contains("self-test", Assert.Throws<VisionException>(() => SelfTest(strict)).Message);
        Assert.InRange(SelfTest(folder)!.Value, 0, folder.Manifest.SelfTest!.Tolerance);
    }

    private static double? SelfTest(ModelFolder folder) => GraphSelfTest.Run(
        folder, ModelFixture.Services.Device, ModelFixture.Services.Onnx, TimeProvider.System);

    private void Write(string old, string changed) => File.WriteAllText(
        Path.Combine(_folder.FullName, ManifestReader.FileName),
        File.ReadAllText(Path.Combine(Starter, ManifestReader.FileName)).Replace(old, changed));
}
