using System.Diagnostics;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Inference.Stages;

/// <summary>The span of a call on a device; the call's stages are its children.</summary>
internal static class CallTrace
{
    /// <summary>Runs a call in a span of its own.</summary>
    public static async Task<T> RunAsync<T>(string operation, string device, TenantId tenant, CallOptions options, Func<Task<T>> run)
    {
        using var span = VisionTelemetry.Source.StartActivity(operation);
        if (span is null)
        {
            return await run();
        }

        span.SetTag(VisionTelemetry.Operation, operation);
        span.SetTag(VisionTelemetry.Device, device);
        span.SetTag(VisionTelemetry.Tenant, tenant.Value);
        span.SetTag(VisionTelemetry.Lane, options.Lane.ToString());
        try
        {
            return await run();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            span.SetStatus(ActivityStatusCode.Error);
            span.SetTag(VisionTelemetry.ErrorCode, (error is VisionException vision ? vision.Code : VisionErrorCode.Internal).ToString());
            throw;
        }
    }
}
