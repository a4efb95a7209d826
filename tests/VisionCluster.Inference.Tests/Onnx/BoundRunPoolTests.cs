using Microsoft.ML.OnnxRuntime;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Tests.Models;

namespace VisionCluster.Inference.Tests.Onnx;

public sealed class BoundRunPoolTests : IDisposable
{
    private const int Row = 250;

    private readonly string _file = Path.GetTempFileName();
    private readonly OnnxGraph _graph;
    private int _created;

    public BoundRunPoolTests()
    {
        new OnnxModelWriter().Input("x", -1, Row).Node("Exp", ["x"], ["y"]).Output("y", integers: false, -1, Row).Save(_file);
        using var session = new TensorGraph(TensorGraph.Finite(), ModelFixture.Services.Device, new OnnxOptions(), new ArenaShrinkage());
        _graph = new OnnxGraph(_file, ModelFixture.Services.Device, new OnnxOptions())
        {
            CopiesWhenBound = true,
            LockedMemory = new PageLockedMemory(session.CreateAllocator(OrtMemoryInfo.DefaultInstance)),
        };
    }

    [Fact]
    public void Return_MoreThanTheBudget_GivesBackWhatWasNotUsedForLongest()
    {
        // An input and an output of 1 kB a row.
        using var pool = new BoundRunPool(Create) { LockedBudget = 12_000 };
        Use(pool, 1);
        Use(pool, 2);
        Use(pool, 1);
        Use(pool, 3);
        Assert.Equal((3, 12_000, 12_000), (_created, pool.LockedBytes, _graph.LockedMemory!.UsedBytes));

        Use(pool, 4);
        Assert.Equal((4, 8_000, 8_000), (_created, pool.LockedBytes, _graph.LockedMemory.UsedBytes));
        Use(pool, 4);
        Assert.Equal(4, _created);
    }

    [Fact]
    public void Return_TwoOfASize_BothCount()
    {
        using var pool = new BoundRunPool(Create) { LockedBudget = 10_000 };
        var (one, other) = (pool.Rent(2), pool.Rent(2));
        Run(one, 2);
        Run(other, 2);
        pool.Return(one, 2);
        pool.Return(other, 2);
        Assert.Equal(8_000, pool.LockedBytes);

        Use(pool, 4);
        Assert.Equal((8_000, 8_000), (pool.LockedBytes, _graph.LockedMemory!.UsedBytes));
        Use(pool, 4);
        Assert.Equal(3, _created);
    }

    [Fact]
    public void Return_LargerThanTheBudget_IsNotKeptAndLeavesTheOthers()
    {
        using var pool = new BoundRunPool(Create) { LockedBudget = 5_000 };
        Use(pool, 2);
        Use(pool, 3);
        Use(pool, 2);
        Assert.Equal((2, 4_000, 4_000), (_created, pool.LockedBytes, _graph.LockedMemory!.UsedBytes));
    }

    [Fact]
    public void Dispose_OfThePool_GivesAllBack()
    {
        var pool = new BoundRunPool(Create);
        Use(pool, 1);
        var rented = pool.Rent(2);
        pool.Dispose();
        Assert.Equal(2_000, _graph.LockedMemory!.UsedBytes);
        pool.Return(rented, 2);
        Assert.Equal(0, _graph.LockedMemory.UsedBytes);
    }

    public void Dispose()
    {
        _graph.Dispose();
        File.Delete(_file);
    }

    private static void Use(BoundRunPool pool, int batch)
    {
        var run = pool.Rent(batch);
        Run(run, batch);
        pool.Return(run, batch);
    }

    private static void Run(BoundRun run, int batch)
    {
        run.Input<float>("x").Data.Fill(batch);
        run.Run(TimeSpan.FromMinutes(1), TimeProvider.System);
        Assert.Equal(MathF.Exp(batch), run.Output("y").Data[^1], 1e-3f);
    }

    private BoundRun Create(int batch, int shape)
    {
        _created++;
        var run = new BoundRun(_graph, ["y"]);
        run.AddInput<float>("x", batch, Row);
        return run;
    }
}
