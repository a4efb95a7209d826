using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Tensors;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Embeddings;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Devices;

/// <summary>
/// One device: its models, image embeddings and masks. Models come and go under load; a device that is lost is rebuilt
/// from its catalogue, and calls meanwhile are told when to come back.
/// </summary>
public sealed class DeviceHost : IAsyncDisposable
{
    private static readonly TimeSpan LongestRebuildDelay = TimeSpan.FromMinutes(1);

    private readonly DeviceServices _services;
    private ModelServices _modelServices;
    private readonly ModelSlots _slots = new();
    private readonly CancellationTokenSource _stopping = new();
    private int _state = (int)DeviceState.Starting;
    private volatile bool _draining;
    private long _losses;
    private long _imagesOfUnloaded;

    internal DeviceHost(OnnxDevice device, DeviceServices services, string incarnation)
    {
        Device = device;
        _services = services;
        TenantTimes = new TenantTimes(services.Tenants);
        Memory = new DeviceMemory(device.Name, services.Options.BudgetBytes, services.Options.MaskBudgetBytes);
        Embeddings = new EmbeddingStore(() => Memory.EmbeddingRoom, services.Embeddings);
        Masks = new MaskStore(services.Options.MasksPerImage, services.Options.MaskBudgetBytes, incarnation);
        _modelServices = new ModelServices(
            device,
            services.Onnx,
            new BatchingEnvironment(services.Time, services.Weights.Of, services.Batching, Quarantine) { TenantTimes = TenantTimes });
        _modelServices = _modelServices with { Tensors = CreateTensors() };
    }

    /// <summary>What it is.</summary>
    public OnnxDevice Device { get; }

    /// <summary>Whether it takes work.</summary>
    public DeviceState State => (DeviceState)Volatile.Read(ref _state);

    /// <summary>Its time by tenant.</summary>
    public TenantTimes TenantTimes { get; }

    /// <summary>Share of the last seconds in which it ran, 0 to 1.</summary>
    public double BusyFraction => Math.Min(1, _slots.All.Sum(model => model.BusyFraction));

    /// <summary>Estimated seconds until what waits for it has run: each graph's items by that graph's pace.</summary>
    public double QueueSeconds => _slots.All.Sum(model => model.QueueSeconds);

    /// <summary>Image encoder runs so far, counted by image.</summary>
    public long ImagesEncoded => Interlocked.Read(ref _imagesOfUnloaded) + _slots.All.Sum(model => model.ImagesEncoded);

    /// <summary>Times that it was lost.</summary>
    public long Losses => Interlocked.Read(ref _losses);

    /// <summary>The budget that its models, masks and embeddings share.</summary>
    public DeviceMemory Memory { get; }

    /// <summary>Its image embeddings.</summary>
    public EmbeddingStore Embeddings { get; }

    /// <summary>Bytes of tensors in the device's own memory: its embeddings, where they stay there, and what runs copy them into.</summary>
    public long DeviceTensorBytes => _modelServices.Tensors?.UsedBytes ?? 0;

    /// <summary>Its masks that can be refined.</summary>
    public MaskStore Masks { get; }

    /// <summary>Loads and warms up every model of the catalogue.</summary>
    /// <exception cref="VisionException"><c>ModelUnavailable</c>: one cannot be loaded.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_services.Catalog.Find().Select(folder => LoadAsync(folder, cancellationToken)));
        Volatile.Write(ref _state, (int)DeviceState.Ready);
        if (_draining)
        {
            Drain();
        }
    }

    /// <summary>
    /// Loads a model, or a new version in place of the one that serves. The old one serves until the new one is warm,
    /// and goes on where the new one cannot be loaded.
    /// </summary>
    /// <exception cref="VisionException">
    /// <c>ModelUnavailable</c> with the reason: the folder, or no room. While a version takes another's place both count.
    /// </exception>
    public async Task LoadAsync(ModelFolder folder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var started = _services.Time.GetTimestamp();
        var bytes = folder.Bytes;
        Memory.Take(folder.Manifest.Name, bytes);
        LoadedModel model;
        try
        {
            Embeddings.Trim();
            _modelServices.Arenas.Ask();
            model = await CreateAsync(folder, cancellationToken);
            model.Bytes = bytes;
        }
        catch
        {
            Memory.Return(bytes);
            throw;
        }

        _services.Logger.ModelLoaded(model.Identity, Device.Name, _services.Time.GetElapsedTime(started).TotalMilliseconds);
        if (_slots.Put(model) is { } old)
        {
            await FreeAsync(old);
        }
    }

    /// <summary>The same for a model of the catalogue.</summary>
    /// <exception cref="VisionException"><c>ModelNotFound</c>, and as above.</exception>
    public Task LoadAsync(string name, CancellationToken cancellationToken) => LoadAsync(_services.Catalog.Find(name), cancellationToken);

    /// <summary>Unloads a model when its last call has ended; false where none of the name is loaded.</summary>
    public async Task<bool> UnloadAsync(string name)
    {
        if (_slots.Remove(name) is not { } model)
        {
            return false;
        }

        await FreeAsync(model);
        return true;
    }

    /// <summary>Takes no new session from now on, also after it was rebuilt; what it has is served on.</summary>
    public void Drain()
    {
        _draining = true;
        Move(DeviceState.Ready, DeviceState.Draining);
    }

    /// <summary>What it holds and how busy it is.</summary>
    public DeviceStatus Status(string host) => new()
    {
        Host = host,
        State = State,
        Models = [.. _slots.All.Select(model => model.Status)],
        Queued = _slots.All.Sum(model => model.Queued),
        QueueSeconds = QueueSeconds,
        BusyFraction = BusyFraction,
        EmbeddingBytes = Embeddings.Bytes,
        BudgetBytes = Memory.BudgetBytes,
        ModelBytes = Memory.ModelBytes,
        MaskBytes = Masks.Bytes,
        ImagesEncoded = ImagesEncoded,
        Tenants = [.. TenantTimes.Seconds.OrderByDescending(static tenant => tenant.Value).Take(DeviceStatus.MaxTenants)
            .Select(static tenant => new TenantLoad(tenant.Key, tenant.Value))],
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var model in _slots.Clear())
        {
            await FreeAsync(model);
        }

        Embeddings.Clear();
        _modelServices.Tensors?.Dispose();
    }

    /// <summary>Whether a model of a family is loaded.</summary>
    public bool Serves(ModelFamily family) => _slots.All.Any(model => model.Manifest.Family == family);

    /// <summary>What callers may run on tensors of their own.</summary>
    public IReadOnlyList<GraphMetadata> Graphs =>
        [.. _slots.All.SelectMany(static model => model.Graphs.Select(graph => model.Describe(graph)))];

    /// <summary>Holds the model of a name, of whatever family.</summary>
    /// <exception cref="VisionException"><c>ModelNotFound</c>, or <c>DeviceFailed</c> while the device is rebuilt.</exception>
    internal ModelHold<LoadedModel> Hold(string name)
    {
        ThrowIfQuarantined();
        return _slots.Hold(name);
    }

    /// <summary>Holds the model that serves a request.</summary>
    /// <param name="family">What kind of model is needed.</param>
    /// <param name="name">Which one; null for the default.</param>
    /// <exception cref="VisionException"><c>ModelNotFound</c>, or <c>DeviceFailed</c> while the device is rebuilt.</exception>
    internal ModelHold<T> Hold<T>(ModelFamily family, string? name)
        where T : LoadedModel
    {
        ThrowIfQuarantined();
        return _slots.Hold<T>(family, name ?? _services.Catalog.DefaultOf(family));
    }

    /// <summary>The device's own memory for embeddings; null where they are kept in the host's.</summary>
    private DeviceTensors? CreateTensors() =>
        _services.Onnx.KeepEmbeddingsOnDevice ?? Device.Kind == AcceleratorKind.Cuda
            ? new DeviceTensors(Device, _services.Onnx, _modelServices.Arenas)
            : null;

    private void ThrowIfQuarantined()
    {
        if (State == DeviceState.Quarantined)
        {
            throw new VisionException(VisionErrorCode.DeviceFailed, $"Device {Device.Name} failed and is being rebuilt.")
            {
                RetryAfter = TimeSpan.FromSeconds(2),
            };
        }
    }

    private async Task<LoadedModel> CreateAsync(ModelFolder folder, CancellationToken cancellationToken)
    {
        var model = await Task.Run(() => _services.CreateModel(folder, _modelServices), cancellationToken);
        try
        {
            await model.WarmUpAsync(cancellationToken);
            foreach (var remark in model.EndRecording())
            {
                _services.Logger.NotRecorded(model.Identity, Device.Name, remark);
            }

            return model;
        }
        catch
        {
            await model.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for a model's last call; its bytes are free when its graphs are.</summary>
    private async Task FreeAsync(LoadedModel model)
    {
        Interlocked.Add(ref _imagesOfUnloaded, model.ImagesEncoded);
        await model.DisposeAsync();
        Memory.Return(model.Bytes);
    }

    /// <summary>The device is lost: it takes no work until it is rebuilt.</summary>
    internal void Quarantine(Exception reason)
    {
        if (Move(DeviceState.Ready, DeviceState.Quarantined) || Move(DeviceState.Draining, DeviceState.Quarantined))
        {
            Interlocked.Increment(ref _losses);
            _services.Logger.DeviceLost(Device.Name, reason);
            _ = Task.Run(RebuildAsync);
        }
    }

    private bool Move(DeviceState from, DeviceState to) =>
        Interlocked.CompareExchange(ref _state, (int)to, (int)from) == (int)from;

    private async Task RebuildAsync()
    {
        var delay = TimeSpan.FromSeconds(_services.Options.RebuildDelaySeconds);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(delay, _services.Time, _stopping.Token);
                Embeddings.Clear();
                foreach (var model in _slots.Clear())
                {
                    await FreeAsync(model);
                }

                _modelServices.Tensors?.Dispose();
                _modelServices = _modelServices with { Tensors = CreateTensors() };
                await StartAsync(_stopping.Token);
                _services.Logger.DeviceRebuilt(Device.Name);
                return;
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                _services.Logger.RebuildFailed(Device.Name, error);
                delay = delay * 2 < LongestRebuildDelay ? delay * 2 : LongestRebuildDelay;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
