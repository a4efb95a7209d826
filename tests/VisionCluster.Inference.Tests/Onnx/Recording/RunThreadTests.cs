using VisionCluster.Inference.Onnx.Recording;

namespace VisionCluster.Inference.Tests.Onnx.Recording;

public sealed class RunThreadTests
{
    [Fact]
    public async Task Invoke_FromAnyThread_IsDoneOnTheOne()
    {
        using var thread = new RunThread("test");
        var (first, second) = (0, 0);

        thread.Invoke(() => first = Environment.CurrentManagedThreadId);
        await Task.Run(() => thread.Invoke(() => second = Environment.CurrentManagedThreadId));

        Assert.Equal(first, second);
        Assert.NotEqual(0, first);
    }

    [Fact]
    public void Invoke_WorkThatThrows_ThrowsItAndServesTheNext()
    {
        using var thread = new RunThread("test");
        var done = false;

        Assert.Throws<InvalidDataException>(() => thread.Invoke(static () => throw new InvalidDataException()));
        thread.Invoke(() => done = true);

        Assert.True(done);
    }

    [Fact]
    public void Invoke_AfterItsEnd_Throws()
    {
        var thread = new RunThread("test");
        thread.Dispose();
        thread.Dispose();

        Assert.Throws<ObjectDisposedException>(() => thread.Invoke(static () => { }));
    }
}
