using Microsoft.Extensions.Logging;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Grains.Errors;

/// <summary>
/// Lets only <see cref="VisionException"/>, cancellation and Orleans' own exceptions out of our grains: anything else
/// is a defect, is logged whole where it happened, and leaves as <see cref="VisionErrorCode.Internal"/> without detail.
/// </summary>
internal sealed class ErrorBoundaryFilter(ILogger<ErrorBoundaryFilter> logger) : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (Exception error) when (IsOurs(context) && error is not (VisionException or OperationCanceledException or OrleansException or TimeoutException))
        {
            logger.CallFailed(context.InterfaceMethod?.Name ?? "?", error);
            throw new VisionException(VisionErrorCode.Internal, "The cluster failed to answer this call.");
        }
    }

    private static bool IsOurs(IIncomingGrainCallContext context) =>
        context.Grain?.GetType().Assembly == typeof(ErrorBoundaryFilter).Assembly;
}
