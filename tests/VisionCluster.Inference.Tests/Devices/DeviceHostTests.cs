using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Devices;
using VisionCluster.Inference.Embeddings;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Tests.Models;

namespace VisionCluster.Inference.Tests.Devices;

public sealed class DeviceHostTests : IAsyncLifetime
{
    private const long Budget = 8 << 20;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _empty = Directory.CreateTempSubdirectory("visioncluster-");
    private readonly FakeTimeProvider _time = new();
    private readonly List<FakeModel> _made = [];
    private Task _warmUp = Task.CompletedTask;
    private DeviceHost? _host;

    private DeviceHost Host => _host!;

    public async Task InitializeAsync()
    {
        _host = NewHost();
        await _host.StartAsync(default);
    }

    private DeviceHost NewHost()
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var catalog = new ModelCatalogOptions();
        catalog.Directories.Add(_empty.FullName);
        var services = new DeviceServices(
            new ModelCatalog(Options.Create(catalog)), new OnnxOptions(), new DeviceOptions { RebuildDelaySeconds = 5, BudgetBytes = Budget, MaskBudgetBytes = 1 << 20 }, new TenantWeights(),
            new BatchingInstruments(meters), new EmbeddingInstruments(meters), _time, NullLogger<DeviceHost>.Instance)
        {
            CreateModel = (folder, model) => Create(folder, model),
        };
        return new DeviceHost(new OnnxDevice(AcceleratorKind.Cpu, 0), services, "test");
    }

    public async Task DisposeAsync()
    {
        await Host.DisposeAsync();
        _empty.Delete(recursive: true);
    }

    [Fact]
    public async Task Load_NewVersionUnderLoad_NoCallFailsAndTheOldVersionIsFreed()
    {
        await Host.LoadAsync(Version("1"), default);
        using var stopping = new CancellationTokenSource();
        var calls = 0;
        var called = new TaskCompletionSource();
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stopping.IsCancellationRequested)
            {
                using var hold = Host.Hold<FakeModel>(ModelFamily.Clip, null);
                await Task.Yield();
                Assert.False(hold.Model.Stopped);
                Interlocked.Increment(ref calls);
                called.TrySetResult();
            }
        })).ToArray();
        await called.Task.WaitAsync(Limit);
        for (var version = 2; version < 40; version++)
        {
            await Host.LoadAsync(Version($"{version}"), default);
        }

        await stopping.CancelAsync();
        await Task.WhenAll(callers).WaitAsync(Limit);
        Assert.True(calls > 0);
        Assert.All(_made.SkipLast(1), model => Assert.True(model.Stopped));
        Assert.Equal("39", Host.Status("").Models.Single().Version);
    }

    [Fact]
    public async Task Load_VersionThatCannotWarmUp_TheOldOneServesOn()
    {
        await Host.LoadAsync(Version("1"), default);
        await Assert.ThrowsAsync<InvalidDataException>(() => Host.LoadAsync(Version("bad"), default));
        using var hold = Host.Hold<FakeModel>(ModelFamily.Clip, "reference");
        Assert.Equal("1", hold.Model.Manifest.Version);
        Assert.True(_made[1].Stopped);
    }

    [Fact]
    public async Task Unload_WhileACallHoldsTheModel_WaitsForIt()
    {
        await Host.LoadAsync(Version("1"), default);
        var hold = Host.Hold<FakeModel>(ModelFamily.Clip, null);
        var unloading = Host.UnloadAsync("reference");
        Assert.False(hold.Model.Stopped);
        hold.Dispose();
        Assert.True(await unloading.WaitAsync(Limit));
        Assert.True(_made[0].Stopped);
        Assert.Equal(VisionErrorCode.ModelNotFound, Assert.Throws<VisionException>(() => Host.Hold<FakeModel>(ModelFamily.Clip, null)).Code);
    }

    [Fact]
    public async Task DeviceLost_UntilItIsRebuilt_TakesNoWorkAndSaysWhenToComeBack()
    {
        await Host.LoadAsync(Version("1"), default);
        _made[0].Services.Batching.DeviceLost(new DeviceLostException("gone"));
        Assert.Equal(DeviceState.Quarantined, Host.State);
        var error = Assert.Throws<VisionException>(() => Host.Hold<FakeModel>(ModelFamily.Clip, null));
        Assert.Equal(VisionErrorCode.DeviceFailed, error.Code);
        Assert.NotNull(error.RetryAfter);
        WaitUntilRebuilt(DeviceState.Ready);
    }

    [Fact]
    public async Task DeviceLost_WhileItDrains_IsRebuiltAndDrainsOn()
    {
        await Host.LoadAsync(Version("1"), default);
        Host.Drain();
        Assert.Equal(DeviceState.Draining, Host.State);
        _made[0].Services.Batching.DeviceLost(new DeviceLostException("gone"));
        Assert.Equal(1, Host.Losses);
        Assert.Equal(DeviceState.Quarantined, Host.State);
        WaitUntilRebuilt(DeviceState.Draining);
    }

    [Fact]
    public async Task Start_WhileAModelWarmsUp_IsNotReadyAndServesNobody()
    {
        var folder = Version("1");
        File.WriteAllText(
            Path.Combine(_empty.CreateSubdirectory("reference").FullName, ManifestReader.FileName),
            JsonSerializer.Serialize(folder.Manifest, JsonSerializerOptions.Web));
        var warm = new TaskCompletionSource();
        _warmUp = warm.Task;
        await using var host = NewHost();
        var starting = host.StartAsync(default);
        Assert.True(SpinWait.SpinUntil(() => _made.Count == 1, Limit));
        Assert.Equal(DeviceState.Starting, host.State);
        Assert.Throws<VisionException>(() => host.Hold<FakeModel>(ModelFamily.Clip, null));
        warm.SetResult();
        await starting.WaitAsync(Limit);
        Assert.Equal(DeviceState.Ready, host.State);
        host.Hold<FakeModel>(ModelFamily.Clip, null).Dispose();
    }

    [Theory]
    [InlineData(1, "1")]
    [InlineData(8, "1 2 4 8")]
    [InlineData(12, "1 2 4 8 12")]
    public void WarmUpSizes_OfALargestBatch_AreEveryBucket(int largest, string sizes) =>
        Assert.Equal(sizes, string.Join(' ', LoadedModel.WarmUpSizes(largest)));

    [Fact]
    public async Task Load_ModelThatDoesNotFit_IsRefusedAndWhatServesServesOn()
    {
        await Host.LoadAsync(Version("1", bytes: 3 << 20), default);
        var error = await Assert.ThrowsAsync<VisionException>(() => Host.LoadAsync(Version("2", bytes: 5 << 20), default));
        Assert.Equal(VisionErrorCode.ModelUnavailable, error.Code);
        Assert.Contains("BudgetBytes", error.Message, StringComparison.Ordinal);
        Assert.Single(_made);
        Assert.Equal(("1", 3L << 20), (Host.Status("").Models.Single().Version, Host.Status("").ModelBytes));
    }

    [Fact]
    public async Task Load_SwapFailureAndUnload_CountEveryByteOnce()
    {
        await Host.LoadAsync(Version("1", bytes: 3 << 20), default);
        await Assert.ThrowsAsync<InvalidDataException>(() => Host.LoadAsync(Version("bad", bytes: 2 << 20), default));
        Assert.Equal(3L << 20, Host.Status("").ModelBytes);
        await Host.LoadAsync(Version("2", bytes: 1 << 20), default);
        Assert.Equal(1L << 20, Host.Status("").ModelBytes);
        await Host.UnloadAsync("reference");
        Assert.Equal(0, Host.Status("").ModelBytes);
    }

    [Fact]
    public async Task Load_WhileEmbeddingsFillTheBudget_TheyMakeRoom()
    {
        for (var i = 0; i < 6; i++)
        {
            await Host.Embeddings.GetOrComputeAsync(
                new EmbeddingKey(new ImageKey(TenantId.Default, $"image{i}"), "reference@1"),
                _ => Task.FromResult(new Blob(1 << 20)),
                default);
        }

        Assert.Equal(6L << 20, Host.Embeddings.Bytes);
        await Host.LoadAsync(Version("1", bytes: 4 << 20), default);
        var status = Host.Status("");
        Assert.Equal((3L << 20, 4L << 20, Budget), (status.EmbeddingBytes, status.ModelBytes, status.BudgetBytes));
        Assert.True(status.EmbeddingBytes + status.ModelBytes + (1 << 20) <= status.BudgetBytes);
    }

    /// <summary>The rebuilding, a task of its own, may not have asked yet to be woken when time passes.</summary>
    private void WaitUntilRebuilt(DeviceState state) => Assert.True(SpinWait.SpinUntil(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return Host.State == state && _made[0].Stopped;
        },
        Limit));

    private sealed record Blob(long Bytes) : IImageEmbedding;

    private static ModelFolder Version(string version, long bytes = 0)
    {
        var folder = ModelFixture.Folder(Path.GetTempPath(), ModelFamily.Clip, ModelFixture.ClipImage);
        return folder with { Manifest = folder.Manifest with { Version = version, MemoryBytes = bytes } };
    }

    private FakeModel Create(ModelFolder folder, ModelServices services)
    {
        var model = new FakeModel(folder, services, _warmUp);
        _made.Add(model);
        return model;
    }
}
