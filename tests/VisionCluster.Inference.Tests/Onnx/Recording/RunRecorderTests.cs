using CsCheck;
using Microsoft.ML.OnnxRuntime;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Onnx.Recording;
using VisionCluster.Inference.Tests.Models;

namespace VisionCluster.Inference.Tests.Onnx.Recording;

public sealed class RunRecorderTests : IDisposable
{
    private readonly ScaledGraph _graph = new();
    private readonly RecordingGate _gate = new() { UseLimit = TimeSpan.FromMilliseconds(50) };
    private readonly FixedMemory _memory = new(ModelFixture.Services.Device, ModelFixture.Services.Onnx);
    private readonly RunRecorder _recorder;

    public RunRecorderTests()
    {
        _recorder = new RunRecorder(_graph, _memory, _gate);
    }

    [Fact]
    public void Run_ShapesOfTheWarmUp_AreReplayedOnWhatIsThereThen()
    {
        Gen.Float[-9, 9].Array[1, 5].Array[1, 30].Sample(
            calls =>
            {
                foreach (var call in calls)
                {
                    Assert.Equal(Expected(call), Run(call));
                }
            },
            iter: 50,
            threads: 1);

        Assert.InRange(_recorder.Recordings, 1, 5);
        _graph.Runs.Clear();
        Run([1, 2]);
        Run([3, 4]);
        Assert.All(_graph.Runs.TakeLast(2), static run => Assert.NotEqual(0, run));
        Assert.Equal(_graph.Runs[^2], _graph.Runs[^1]);
    }

    [Fact]
    public void Run_OneShapeBesideAnother_HasARecordingOfItsOwn()
    {
        Run([1]);
        Run([1, 2]);
        _graph.Runs.Clear();

        Assert.Equal(Expected([5]), Run([5]));
        Assert.Equal(Expected([6, 7]), Run([6, 7]));
        Assert.Equal(2, _graph.Runs.Distinct().Count());
    }

    [Fact]
    public void Run_ShapeThatIsNewAfterTheWarmUp_RunsStepByStep()
    {
        Run([1]);
        _recorder.Close();
        _graph.Runs.Clear();

        Assert.Equal(Expected([1, 2]), Run([1, 2]));
        Assert.Equal(Expected([3, 4]), Run([3, 4]));
        Assert.All(_graph.Runs, static run => Assert.Equal(0, run));
        Assert.Equal(1, _recorder.Recordings);
    }

    [Fact]
    public void Run_ReplayThatReadsSomethingElse_IsFoundAndGivenUp()
    {
        _graph.Instead = static () => { };

        Assert.Equal(Expected([1, 2]), Run([1, 2]));
        Assert.Equal((1, 0), (_graph.Reopened, _recorder.Recordings));
        Assert.Contains("other numbers", _recorder.Remark, StringComparison.Ordinal);
        _graph.Runs.Clear();
        Assert.Equal(Expected([3]), Run([3]));
        Assert.All(_graph.Runs, static run => Assert.Equal(0, run));
    }

    [Fact]
    public void Run_RecordingThatFails_IsGivenUpWithItsReason()
    {
        Run([1]);
        _graph.Instead = static () => throw new InvalidOperationException("operation not permitted when stream is capturing");

        Assert.Equal(Expected([1, 2]), Run([1, 2]));
        Assert.Equal(1, _graph.Reopened);
        Assert.Contains("capturing", _recorder.Remark, StringComparison.Ordinal);
        Assert.Equal(Expected([4]), Run([4]));
    }

    [Fact]
    public void Run_DeviceLostWhileRecording_IsTold()
    {
        _graph.Instead = static () => throw new DeviceLostException("CUDA failure 700", new InvalidOperationException());

        Assert.Throws<DeviceLostException>(() => Run([1]));
    }

    [Fact]
    public void Run_DeviceThatIsBusyForTooLong_RunsStepByStep()
    {
        using var stop = new ManualResetEventSlim();
        using var holds = new ManualResetEventSlim();
        var other = new Thread(() =>
        {
            using var passage = RecordingGate.Use(_gate);
            holds.Set();
            stop.Wait();
        });
        other.Start();
        holds.Wait();

        Assert.Equal(Expected([1, 2]), Run([1, 2]));
        Assert.Equal(0, _recorder.Recordings);
        Assert.Contains("busy", _recorder.Remark, StringComparison.Ordinal);
        stop.Set();
        other.Join();
        Assert.Equal(Expected([3, 4]), Run([3, 4]));
    }

    [Fact]
    public void Run_ThatFails_IsForgottenAndTheNextIsRight()
    {
        Run([1]);
        _graph.Instead = static () => throw new InvalidOperationException("failed");
        Assert.Throws<InvalidOperationException>(() => Run([2]));
        _graph.Instead = null;

        Assert.Equal(Expected([3]), Run([3]));
    }

    [Fact]
    public async Task Run_ByManyAtOnce_GivesEachItsOwnAnswer()
    {
        Run([0, 0]);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(() =>
        {
            for (var call = 0; call < 200; call++)
            {
                float[] values = [caller, call];
                Assert.Equal(Expected(values), Run(values));
            }
        })));
    }

    [Fact]
    public void Run_MoreShapesThanAreKept_AreServedAllTheSame()
    {
        _recorder.Close();

        for (var length = 1; length <= 200; length++)
        {
            Assert.Equal(length, Run(new float[length]).Length);
        }
    }

    [Fact]
    public void Run_ShapesBeyondTheBytesThatAreKept_GiveTheirMemoryBack()
    {
        _recorder.Close();
        var large = new float[20 << 20];

        // 160 MiB of input and output each.
        Run(large);
        Run([.. large, 1]);
        var used = _memory.UsedBytes;
        Run([.. large, 1, 2]);

        Assert.InRange(used, 1, 256L << 20);
        Assert.Equal(used, _memory.UsedBytes);
    }

    public void Dispose()
    {
        _recorder.Dispose();
        _graph.Dispose();
        _gate.Dispose();
    }

    private static float[] Expected(float[] values) => [.. values.Select(static value => (3 * value) + 1)];

    private float[] Run(float[] values)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values.AsMemory(), [values.Length]);
        var tensors = new RunTensors(["y"]);
        tensors.SetInput("x", input);
        TensorBuffer<float>? output = null;
        _recorder.Run(tensors, (_, shape) => (output = new TensorBuffer<float>(shape)).Value, TimeSpan.FromMinutes(1), TimeProvider.System);
        var answer = output!.Data.ToArray();
        output.Dispose();
        return answer;
    }
}
