using Microsoft.Extensions.Time.Testing;
using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Pipelines;

namespace VisionCluster.Inference.Tests.Pipelines;

public sealed class UpdateStreamTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task RunAsync_ReaderLeaves_StopsTheProducerBeforeItReturns()
    {
        var stopped = false;
        await foreach (var update in UpdateStream.RunAsync<int>(
            async (write, token) =>
            {
                try
                {
                    for (var i = 0; ; i++)
                    {
                        await write(i);
                    }
                }
                finally
                {
                    stopped = token.IsCancellationRequested;
                }
            },
            null,
            _time,
            CancellationToken.None))
        {
            if (update == 3)
            {
                break;
            }
        }

        Assert.True(stopped);
    }

    [Fact]
    public async Task RunAsync_TimeIsUp_FailsWithDeadlineExceeded()
    {
        var started = new TaskCompletionSource();
        var reading = ReadAsync(
            (_, token) =>
            {
                started.SetResult();
                return Task.Delay(Timeout.Infinite, token);
            },
            TimeSpan.FromSeconds(5));
        await started.Task;

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(VisionErrorCode.DeadlineExceeded, (await Assert.ThrowsAsync<VisionException>(() => reading)).Code);
    }

    [Fact]
    public async Task RunAsync_ProducerFails_GivesWhatCameAndThenTheError()
    {
        var read = new List<int>();

        await Assert.ThrowsAsync<VisionException>(() => ReadAsync(
            async (write, _) =>
            {
                await write(7);
                throw VisionException.Invalid("no");
            },
            null,
            read));

        Assert.Equal([7], read);
    }

    private async Task ReadAsync(
        Func<Func<int, ValueTask>, CancellationToken, Task> produce, TimeSpan? timeout, List<int>? read = null)
    {
        await foreach (var update in UpdateStream.RunAsync(produce, timeout, _time, CancellationToken.None))
        {
            read?.Add(update);
        }
    }
}
