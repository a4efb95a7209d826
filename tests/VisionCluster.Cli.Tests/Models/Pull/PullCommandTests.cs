using VisionCluster.Cli.Models.Pull;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Imaging;

namespace VisionCluster.Cli.Tests.Models.Pull;

public sealed class PullCommandTests
{
    private static string Starter => Path.Combine(AppContext.BaseDirectory, "models", "starter-sam");

    [Fact]
    public void Table_ThatShips_KnowsTheExportsAndWritesManifestsThatCanBeRead()
    {
        var known = ExportTable.Read([]);
        Assert.Subset(
            known.Keys.ToHashSet(),
            new HashSet<string> { "clip-vit-base-patch32", "clip-vit-base-patch16", "clip-vit-large-patch14", "sam-vit-base", "slimsam-77-uniform", "mobile-sam", "sam2.1-hiera-tiny" });
        Assert.All(known.Values, export => Assert.All(export.Files, file => Assert.Matches(@"\.onnx(_data)?\z", file.PathOf("_fp16"))));
        Assert.All(known.Values, export => Assert.NotNull(export.Manifest));
    }

    [Theory]
    [InlineData("", "vision_encoder.onnx", "vision_encoder.onnx_data", "prompt_encoder_mask_decoder.onnx", "prompt_encoder_mask_decoder.onnx_data")]
    [InlineData("_fp16", "vision_encoder_fp16.onnx", "vision_encoder_fp16.onnx_data", "prompt_encoder_mask_decoder_fp16.onnx", "prompt_encoder_mask_decoder_fp16.onnx_data")]
    public async Task Run_ExportWhoseWeightsLieBesideItsGraphs_BringsThemUnderTheNamesThatGraphsKnow(string variant, params string[] names)
    {
        using var folder = new TemporaryFolder();
        await using var hub = new FaultyHub(request => HubAnswer.Of(new byte[9], request));

        await PullAsync(hub, folder.Path, "sam2.1-hiera-tiny", variant);

        Assert.Equal(names.Append("model.json").Order(), Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
        Assert.Equal((ResizeMode.Stretch, 1), (ManifestReader.Read(folder.Path).Manifest.Image.Resize, ManifestReader.Read(folder.Path).Manifest.Image.Range));
    }

    [Fact]
    public async Task Run_KnownExport_MakesAModelFolderThatPassesItsChecks()
    {
        using var folder = new TemporaryFolder();
        await using var hub = Serve();
        await PullAsync(hub, folder.Path);
        var model = ManifestReader.Read(folder.Path);
        model.VerifyChecksums();
        Assert.Equal(("sam-vit-base", ModelFamily.Sam, 1024), (model.Manifest.Name, model.Manifest.Family, model.Manifest.Image.Size));
        Assert.Equal(
            ["/Xenova/sam-vit-base/resolve/main/onnx/vision_encoder.onnx", "/Xenova/sam-vit-base/resolve/main/onnx/prompt_encoder_mask_decoder.onnx"],
            hub.Requests.Select(request => request.Path));
        await PullAsync(hub, folder.Path);
        Assert.Equal(2, hub.Requests.Count);
    }

    [Fact]
    public async Task Run_BreaksOff_LeavesNoManifest()
    {
        using var folder = new TemporaryFolder();
        await using var hub = new FaultyHub(_ => new HubAnswer(404, default, ("Content-Length", "0")));
        await Assert.ThrowsAnyAsync<Exception>(() => PullAsync(hub, folder.Path));
        Assert.False(File.Exists(folder["model.json"]));
    }

    [Fact]
    public async Task Pull_WithoutAName_ListsWhatIsKnownAndTheUsersOwn()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["own.json"], """[{"name":"mine","repository":"me/mine","files":[{"role":"detector","path":"d.onnx"}],"manifest":null}]""");
        var run = await CliRun.StartAsync(["models", "pull", "--table", folder["own.json"]]);
        Assert.Equal((ExitCodes.Success, ""), (run.Code, run.Errors));
        Assert.Contains("slimsam-77-uniform", run.Output, StringComparison.Ordinal);
        Assert.Contains("mine", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"name":"x","repository":"../up","files":[]}]""")]
    [InlineData("""[{"name":"x","repository":"a/b","files":[{"role":"detector","path":"../../d.onnx"}]}]""")]
    [InlineData("""[{"name":"../x","repository":"a/b","files":[]}]""")]
    [InlineData("""{""")]
    public async Task Pull_TableThatReachesOut_IsRefused(string table)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["own.json"], table);
        var run = await CliRun.StartAsync(["models", "pull", "--table", folder["own.json"]]);
        Assert.Equal(ExitCodes.Failure, run.Code);
        Assert.Contains("own.json", run.Errors.ReplaceLineEndings(""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("models", "pull", "unknown")]
    [InlineData("models", "pull", "mobile-sam", "--variant", "fp16")]
    public async Task Pull_UnknownNameOrVariant_Fails(params string[] args) =>
        Assert.Equal(ExitCodes.Failure, (await CliRun.StartAsync(args)).Code);

    [Fact]
    public void FromEnvironment_MirrorAndToken_AreHeeded()
    {
        var options = HubOptions.FromEnvironment(name => name switch { "HF_ENDPOINT" => "https://mirror.example/hub", "HF_TOKEN" => "t", _ => null });
        Assert.Equal(("https://mirror.example/hub/", "t"), (options.Endpoint.ToString(), options.Token));
        Assert.Equal("https://huggingface.co/", HubOptions.FromEnvironment(_ => null).Endpoint.ToString());
        Assert.ThrowsAny<Exception>(() => HubOptions.FromEnvironment(_ => "not an address"));
    }

    private static FaultyHub Serve() => new(request => HubAnswer.Of(
        File.ReadAllBytes(Path.Combine(Starter, request.Path.Contains("vision", StringComparison.Ordinal) ? "vision_encoder.onnx" : "mask_decoder.onnx")), request));

    private static async Task PullAsync(FaultyHub hub, string folder, string name = "sam-vit-base", string variant = "")
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        var file = new HubFile(http, new HubOptions(hub.Url, null) { Pause = TimeSpan.FromMilliseconds(1) }, TimeProvider.System);
        await new ModelPull(file).RunAsync(ExportTable.Read([])[name], variant, folder, (_, _, _) => { }, default);
    }
}
