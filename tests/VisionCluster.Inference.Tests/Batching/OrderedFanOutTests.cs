using VisionCluster.Inference.Batching;

namespace VisionCluster.Inference.Tests.Batching;

public sealed class OrderedFanOutTests
{
    [Fact]
    public async Task RunAsync_ItemsThatEndOutOfOrder_ComeInOrderWithinTheWindow()
    {
        var gates = Enumerable.Range(0, 6).Select(_ => new TaskCompletionSource()).ToArray();
        var (under, most) = (0, 0);
        var reading = Task.Run(() => ReadAsync(OrderedFanOut.RunAsync(
            Enumerable.Range(0, 6),
            3,
            async (i, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref under));
                await gates[i].Task;
                Interlocked.Decrement(ref under);
                return i;
            },
            CancellationToken.None)));
        foreach (var i in (int[])[2, 1, 0, 5, 4, 3])
        {
            gates[i].SetResult();
        }

        Assert.Equal([0, 1, 2, 3, 4, 5], await reading);
        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public async Task RunAsync_ReaderLeaves_EndsWhatIsUnderWay()
    {
        var cancelled = 0;
        await foreach (var first in OrderedFanOut.RunAsync(
            Enumerable.Range(0, 10),
            4,
            async (i, token) =>
            {
                if (i > 0)
                {
                    await Task.Delay(Timeout.Infinite, token).ContinueWith(
                        _ => Interlocked.Increment(ref cancelled), TaskScheduler.Default);
                }

                return i;
            },
            CancellationToken.None))
        {
            Assert.Equal(0, first);
            break;
        }

        Assert.Equal(3, cancelled);
    }

    [Fact]
    public async Task RunAsync_AnItemFails_ThrowsItsErrorAndEndsTheRest()
    {
        var ended = 0;
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(OrderedFanOut.RunAsync(
            Enumerable.Range(0, 2),
            2,
            async (i, token) =>
            {
                if (i == 0)
                {
                    await Task.Yield();
                    throw new InvalidDataException();
                }

                await Task.Delay(Timeout.Infinite, token).ContinueWith(_ => ended++, TaskScheduler.Default);
                return i;
            },
            CancellationToken.None)));

        Assert.Equal(1, ended);
    }

    private static async Task<List<int>> ReadAsync(IAsyncEnumerable<int> results)
    {
        var read = new List<int>();
        await foreach (var result in results)
        {
            read.Add(result);
        }

        return read;
    }
}
