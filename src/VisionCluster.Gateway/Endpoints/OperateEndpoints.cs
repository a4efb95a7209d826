using Microsoft.AspNetCore.Http.HttpResults;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Gateway.Auditing;
using VisionCluster.Gateway.Authentication;
using VisionCluster.Gateway.Errors;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>What operators and probes look at.</summary>
internal static class OperateEndpoints
{
    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", ListModelsAsync).WithName("ListModels").WithTags("Operate").RequireAuthorization()
            .WithSummary("Models that the cluster serves.");
        routes.MapGet("/v1/cluster", ListDevicesAsync).WithName("GetCluster").WithTags("Operate").ForOperators()
            .WithProblems(403)
            .WithSummary("Devices of the cluster, their queues and what they hold.");
        var orders = routes.MapGroup("").WithTags("Operate").ForOperators().WithProblems(403, 404, 503).AddEndpointFilter<AuditFilter>();
        orders.MapPost("/v1/models/{name}/load", LoadAsync).WithName("LoadModel")
            .WithSummary("Load a model of the workers' folders on every device, or its new version in place of the one that serves.");
        orders.MapPost("/v1/models/{name}/unload", UnloadAsync).WithName("UnloadModel")
            .WithSummary("Unload a model from every device when its last call has ended.");
        orders.MapPost("/v1/cluster/drain", DrainAsync).WithName("DrainDevice")
            .WithSummary("Give a device no new session, until its silo starts anew; what it has is served on.");
    }

    private static async Task<Ok<IReadOnlyList<ModelStatus>>> ListModelsAsync(IGrainFactory grains)
    {
        var devices = await grains.GetGrain<IDeviceDirectoryGrain>(0).ListAsync();
        return TypedResults.Ok<IReadOnlyList<ModelStatus>>(
            [.. devices.SelectMany(device => device.Models).Distinct().OrderBy(model => model.Name, StringComparer.Ordinal)]);
    }

    private static async Task<Ok<IReadOnlyList<DeviceStatus>>> ListDevicesAsync(IGrainFactory grains) =>
        TypedResults.Ok(await grains.GetGrain<IDeviceDirectoryGrain>(0).ListAsync());

    private static Task<Ok<DeviceOutcome[]>> LoadAsync(IGrainFactory grains, string name, CancellationToken cancellationToken) =>
        EverywhereAsync(grains, async host =>
        {
            await host.LoadModelAsync(name, cancellationToken);
            return true;
        });

    private static Task<Ok<DeviceOutcome[]>> UnloadAsync(IGrainFactory grains, string name) =>
        EverywhereAsync(grains, host => host.UnloadModelAsync(name));

    private static async Task<Ok<DeviceOutcome>> DrainAsync(IGrainFactory grains, string host)
    {
        var devices = await grains.GetGrain<IDeviceDirectoryGrain>(0).ListAsync();
        if (devices.All(device => device.Host != host))
        {
            throw VisionException.Invalid($"The cluster has no device '{host}'; GET /v1/cluster lists those that it has.");
        }

        await grains.GetGrain<IModelHostGrain>(host).DrainAsync();
        return TypedResults.Ok(new DeviceOutcome(host));
    }

    /// <summary>Says what came of it on each device; fails where it came to nothing on all.</summary>
    private static async Task<Ok<DeviceOutcome[]>> EverywhereAsync(IGrainFactory grains, Func<IModelHostGrain, Task<bool>> order)
    {
        var devices = await grains.GetGrain<IDeviceDirectoryGrain>(0).ListAsync();
        var outcomes = await Task.WhenAll(devices.Select(async device =>
        {
            try
            {
                return await order(grains.GetGrain<IModelHostGrain>(device.Host))
                    ? new DeviceOutcome(device.Host)
                    : new DeviceOutcome(device.Host, VisionErrorCode.ModelNotFound, "It is not loaded.");
            }
            catch (Exception error)
            {
                var told = VisionExceptionHandler.Translate(error);
                return new DeviceOutcome(device.Host, told.Code, told.Message);
            }
        }));
        return outcomes.FirstOrDefault() is { Code: { } code, Detail: var detail } && outcomes.All(outcome => outcome.Code is not null)
            ? throw new VisionException(code, detail!)
            : TypedResults.Ok(outcomes);
    }
}
