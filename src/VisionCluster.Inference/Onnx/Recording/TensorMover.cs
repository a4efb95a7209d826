using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace VisionCluster.Inference.Onnx.Recording;

/// <summary>Copies tensors to others of the same types and shapes, wherever they lie, in one run. Used by one thread at a time.</summary>
internal sealed class TensorMover : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly string[] _from;
    private readonly string[] _to;

    /// <param name="types">Of the tensors.</param>
    /// <param name="device">Where the copies run.</param>
    /// <param name="options">How its session is made.</param>
    public TensorMover(IReadOnlyList<TensorElementType> types, OnnxDevice device, OnnxOptions options)
    {
        _from = [.. types.Select(static (_, i) => string.Create(CultureInfo.InvariantCulture, $"x{i}"))];
        _to = [.. types.Select(static (_, i) => string.Create(CultureInfo.InvariantCulture, $"y{i}"))];
        var graph = new OnnxModelWriter();
        for (var i = 0; i < types.Count; i++)
        {
            graph.Input(_from[i], types[i]).Node("Identity", [_from[i]], [_to[i]]).Output(_to[i], types[i]);
        }

        using var session = device.CreateSessionOptions(options);
        _session = new InferenceSession(graph.ToArray(), session);
    }

    public OrtAllocator CreateAllocator(OrtMemoryInfo location) => new(_session, location);

    /// <exception cref="Batching.DeviceOutOfMemoryException">The device has no room for what the host sends.</exception>
    /// <exception cref="Batching.DeviceLostException">No copy will succeed before the device is rebuilt.</exception>
    public void Move(IReadOnlyList<OrtValue> from, IReadOnlyList<OrtValue> to)
    {
        try
        {
            _session.Run(_options, _from, from, _to, to);
        }
        catch (OnnxRuntimeException error)
        {
            throw OnnxFailure.Classify(error, terminated: false, default);
        }
    }

    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }
}
