using Microsoft.Extensions.Logging;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Embeddings;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Devices;

/// <summary>What the devices of a silo share.</summary>
/// <param name="Catalog">Models to load.</param>
/// <param name="Onnx">How sessions are made.</param>
/// <param name="Options">Budgets.</param>
/// <param name="Weights">Tenants' shares.</param>
/// <param name="Batching">Metrics of queues.</param>
/// <param name="Embeddings">Metrics of stores.</param>
/// <param name="Time">Clock.</param>
/// <param name="Logger">Log.</param>
internal sealed record DeviceServices(
    ModelCatalog Catalog,
    OnnxOptions Onnx,
    DeviceOptions Options,
    TenantWeights Weights,
    BatchingInstruments Batching,
    EmbeddingInstruments Embeddings,
    TimeProvider Time,
    ILogger<DeviceHost> Logger)
{
    /// <summary>Bounds the series of tenants.</summary>
    public TenantSeries Tenants { get; init; } = new(new TelemetryOptions().MaxTenants);

    /// <summary>Makes the model of a folder.</summary>
    public Func<ModelFolder, ModelServices, LoadedModel> CreateModel { get; init; } = ModelFactory.Create;
}
