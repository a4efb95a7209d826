using VisionCluster.Contracts.Errors;
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
    [InlineData("{", "")]
    public void Read_BrokenManifest_IsRefusedWithItsPath(string old, string changed)
    {
        Write(old, changed);
        var error = Assert.Throws<VisionException>(() => ManifestReader.Read(_folder.FullName));
        Assert.Equal(VisionErrorCode.ModelUnavailable, error.Code);
        Assert.Contains(_folder.FullName, error.Message);
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
