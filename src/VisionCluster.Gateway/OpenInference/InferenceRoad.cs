using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Contracts.Tensors;
using VisionCluster.Gateway.Admission;
using VisionCluster.Gateway.Authentication;

namespace VisionCluster.Gateway.OpenInference;

/// <summary>The way to graphs that both protocols take.</summary>
internal static class InferenceRoad
{
    /// <summary>What a graph takes and gives.</summary>
    /// <param name="grains">The cluster.</param>
    /// <param name="tenant">Who asks.</param>
    /// <param name="name">The graph's name.</param>
    /// <param name="version">The version it must have; null or empty for any.</param>
    /// <param name="cancellationToken">The caller leaves.</param>
    /// <exception cref="VisionException"><c>ModelNotFound</c>.</exception>
    public static async Task<GraphMetadata> DescribeAsync(
        IGrainFactory grains, TenantId tenant, string name, string? version, CancellationToken cancellationToken)
    {
        var graph = (await OneShot(grains, tenant).DescribeGraphsAsync(name, cancellationToken))[0];
        return string.IsNullOrEmpty(version) || version == graph.Version
            ? graph
            : throw new VisionException(
                VisionErrorCode.ModelNotFound, $"Model '{name}' is loaded in version '{graph.Version}', not '{version}'.");
    }

    /// <summary>Every graph.</summary>
    public static Task<IReadOnlyList<GraphMetadata>> ListAsync(
        IGrainFactory grains, TenantId tenant, CancellationToken cancellationToken) =>
        OneShot(grains, tenant).DescribeGraphsAsync(null, cancellationToken);

    /// <summary>Runs a graph.</summary>
    /// <param name="grains">The cluster.</param>
    /// <param name="context">The request, or the call.</param>
    /// <param name="query">For what.</param>
    /// <param name="options">As the call's headers say; its parameters go before them, as far as the tenant may.</param>
    /// <param name="cancellationToken">The caller leaves.</param>
    public static Task<InferResponse> RunAsync(
        IGrainFactory grains, HttpContext context, InferQuery query, CallOptions options, CancellationToken cancellationToken) =>
        OneShot(grains, TenantClaim.Of(context.User)).InferAsync(
            query.Request, CallHeaders.Within(context, InferParameters.Apply(options, query.Parameters)), cancellationToken);

    private static IOneShotGrain OneShot(IGrainFactory grains, TenantId tenant) =>
        grains.GetGrain<IOneShotGrain>(OneShotKey.Next(tenant).ToString());
}
