using Microsoft.ML.OnnxRuntime;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Tests.Models;

namespace VisionCluster.Inference.Tests.Onnx;

/// <summary>On a CPU's arena; a CUDA device's has not been tried.</summary>
[Collection(Undisturbed.Name)]
public sealed class ArenaShrinkageTests : IDisposable
{
    private const int Large = 1 << 25;

    private static readonly OnnxDevice Cpu = ModelFixture.Services.Device;
    private static readonly OnnxOptions Shrinking = new() { ShrinkArenas = true };

    private readonly ArenaShrinkage _arenas = new();
    private readonly string _file = Path.GetTempFileName();

    [Fact]
    public void ArenaOf_Sessions_NamesWhatTheyHave()
    {
        var gpu = new OnnxDevice(AcceleratorKind.Cuda, 2);
        Assert.Equal("gpu:2", ArenaShrinkage.ArenaOf(gpu, Shrinking, keepsRunMemory: false));
        Assert.Equal("cpu:0", ArenaShrinkage.ArenaOf(Cpu, Shrinking, keepsRunMemory: true));
        Assert.Null(ArenaShrinkage.ArenaOf(Cpu, Shrinking, keepsRunMemory: false));
        Assert.Null(ArenaShrinkage.ArenaOf(gpu, new OnnxOptions(), keepsRunMemory: true));
    }

    [Fact]
    public void Apply_EachTimeItIsAskedFor_IsOnceASession()
    {
        using var run = new RunOptions();
        var (one, other) = (0, 0);
        Assert.False(_arenas.Apply(run, "cpu:0", ref one));
        _arenas.Ask();
        Assert.True(_arenas.Apply(run, "cpu:0", ref one));
        Assert.False(_arenas.Apply(run, "cpu:0", ref one));
        Assert.True(_arenas.Apply(run, "cpu:0", ref other));
        Assert.False(_arenas.Apply(run, null, ref other));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_AfterItWasAskedFor_AnswersAsBeforeWithAndWithoutAnArena(bool keepsRunMemory)
    {
        using var graph = Open(keepsRunMemory);
        var before = Run(graph, 3);
        _arenas.Ask();
        Assert.Equal(before, Run(graph, 3));
    }

    /// <summary>256 MiB of what a run needed between its nodes.</summary>
    [Fact]
    public void Run_AfterItWasAskedFor_GivesBackWhatALargeRunNeeded()
    {
        using var graph = Open(keepsRunMemory: true);
        // The first region of an arena is never given back: a warm-up's, as here.
        Run(graph, 3);
        Run(graph, Large);
        var held = Resident();
        _arenas.Ask();
        Run(graph, 3);
        Assert.InRange(held - Resident(), 100L << 20, long.MaxValue);
    }

    /// <summary>Without the option: the end of a warm-up.</summary>
    [Fact]
    public void GiveBackAfterNextRun_AfterALargeRun_GivesBackOnce()
    {
        using var graph = Open(keepsRunMemory: true, new OnnxOptions());
        Run(graph, 3);
        var expected = Run(graph, Large);
        var held = Resident();
        Assert.True(graph.GiveBackAfterNextRun());
        Run(graph, 3);
        Assert.InRange(held - Resident(), 100L << 20, long.MaxValue);
        Assert.Equal(expected, Run(graph, Large));
        var again = Resident();
        Run(graph, 3);
        Assert.InRange(again - Resident(), long.MinValue, 50L << 20);
    }

    [Fact]
    public void GiveBackAfterNextRun_WithoutAnArena_IsNothing()
    {
        using var graph = Open(keepsRunMemory: false, new OnnxOptions());
        var before = Run(graph, 3);
        Assert.False(graph.GiveBackAfterNextRun());
        Assert.Equal(before, Run(graph, 3));
    }

    public void Dispose() => File.Delete(_file);

    private static long Resident() =>
        long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;

    private static float[] Run(OnnxGraph graph, int numbers)
    {
        using var run = new BoundRun(graph, ["y"]);
        run.AddInput<float>("x", numbers).Data.Fill(2);
        run.Run(TimeSpan.FromMinutes(1), TimeProvider.System);
        return run.Output("y").Data.ToArray();
    }

    /// <summary>Two nodes with a tensor of the input's size between them, and a sum.</summary>
    private OnnxGraph Open(bool keepsRunMemory, OnnxOptions? options = null)
    {
        new OnnxModelWriter().Input("x", -1)
            .Node("Exp", ["x"], ["wide"]).Node("Sqrt", ["wide"], ["root"]).Node("ReduceSum", ["root"], ["y"], ("keepdims", 1L))
            .Output("y", integers: false, 1).Save(_file);
        return new OnnxGraph(_file, Cpu, options ?? Shrinking, keepsRunMemory) { Arenas = _arenas };
    }
}
