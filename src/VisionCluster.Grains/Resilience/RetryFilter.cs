using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Runtime.Messaging;
using Polly;
using Polly.Retry;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Grains.Resilience;

/// <summary>
/// Makes a call again whose silo was lost, where its method is <see cref="IdempotentAttribute"/>: the directory then
/// finds or makes another activation. The one place in the cluster that retries calls. A timeout is no loss: the
/// caller's own time is up by then.
/// </summary>
internal sealed class RetryFilter : IOutgoingGrainCallFilter
{
    private static readonly ConcurrentDictionary<MethodInfo, bool> Marked = new();

    private readonly ResiliencePipeline _pipeline;

    public RetryFilter(TimeProvider time) => _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            // The first of them is the call's second attempt; a directory that is itself being moved refuses for a moment.
            MaxRetryAttempts = 3,
            Delay = TimeSpan.FromMilliseconds(100),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = static attempt => ValueTask.FromResult(attempt.Outcome.Exception is { } error && IsLoss(error)),
        })
        .Build();

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        // The first attempt of nearly every call is its last: nothing is allocated for it here.
        try
        {
            await context.Invoke();
            return;
        }
        catch (Exception error) when (IsLoss(error) && IsIdempotent(context.InterfaceMethod))
        {
        }

        await _pipeline.ExecuteAsync(static async (call, _) => await call.Invoke(), context, CancellationToken.None);
    }

    private static bool IsLoss(Exception error) =>
        error is SiloUnavailableException or OrleansMessageRejectionException or ConnectionFailedException;

    private static bool IsIdempotent(MethodInfo? method) =>
        method is not null && Marked.GetOrAdd(method, static m => m.IsDefined(typeof(IdempotentAttribute), inherit: false));
}
