using Microsoft.AspNetCore.Http.HttpResults;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Gateway.Authentication;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>What operators and probes look at.</summary>
internal static class OperateEndpoints
{
    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", ListModelsAsync).WithName("ListModels").WithTags("Operate").RequireAuthorization()
            .WithSummary("Models that the cluster serves.");
        routes.MapGet("/v1/cluster", ListDevicesAsync).WithName("GetCluster").WithTags("Operate").RequireAuthorization(Operators.Policy)
            .WithProblems(403)
            .WithSummary("Devices of the cluster, their queues and what they hold.");
    }

    private static async Task<Ok<IReadOnlyList<ModelStatus>>> ListModelsAsync(IGrainFactory grains)
    {
        var devices = await grains.GetGrain<IDeviceDirectoryGrain>(0).ListAsync();
        return TypedResults.Ok<IReadOnlyList<ModelStatus>>(
            [.. devices.SelectMany(device => device.Models).Distinct().OrderBy(model => model.Name, StringComparer.Ordinal)]);
    }

    private static async Task<Ok<IReadOnlyList<DeviceStatus>>> ListDevicesAsync(IGrainFactory grains) =>
        TypedResults.Ok(await grains.GetGrain<IDeviceDirectoryGrain>(0).ListAsync());
}
