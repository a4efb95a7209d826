using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models;

/// <summary>What one run of an image encoder leaves in the device's memory.</summary>
internal sealed class ResidentBatch : IDisposable
{
    private readonly ResidentOutputs _outputs;
    private readonly int _batch;
    private readonly DeviceTensor?[] _whole;
    private readonly OrtValue[] _views;

    public ResidentBatch(ResidentOutputs outputs, BoundRun run, int batch)
    {
        _outputs = outputs;
        _batch = batch;
        _whole = new DeviceTensor?[outputs.Names.Count];
        _views = new OrtValue[outputs.Names.Count];
        try
        {
            for (var i = 0; i < _whole.Length; i++)
            {
                var tensor = _whole[i] = outputs.Memory.Allocate([batch, .. outputs.Shapes[i].AsSpan(1)]);
                _views[i] = tensor.View();
                run.BorrowOutput(outputs.Names[i], _views[i]);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>One picture's outputs of the run, which the caller owns.</summary>
    public ItemOutput<EncodedImage> Pick(BoundRun run, int item)
    {
        var onHost = ImageEncoderRunner.Pick(run, _outputs.OnHost, _batch, item);
        if (onHost.Value is not { } host)
        {
            return onHost;
        }

        for (var i = 0; i < _whole.Length; i++)
        {
            if (!_outputs.Memory.IsFinite(_whole[i]!, item))
            {
                return new(null, new InvalidDataException($"Output '{_outputs.Names[i]}' is not a number for this picture."));
            }
        }

        var tensors = new DeviceTensor[_whole.Length];
        for (var i = 0; i < tensors.Length; i++)
        {
            tensors[i] = Take(i, item);
        }

        return new(new EncodedImage(host.Values, [.. host.Shapes, .. _outputs.Shapes]) { OnDevice = tensors });
    }

    public void Dispose()
    {
        Array.ForEach(_views, static view => view?.Dispose());
        Array.ForEach(_whole, static tensor => tensor?.Dispose());
    }

    private DeviceTensor Take(int output, int item)
    {
        if (_batch > 1 || _outputs.Type != TensorElementType.Float)
        {
            return _outputs.Memory.CopyItem(_whole[output]!, item, _outputs.Type);
        }

        var tensor = _whole[output]!;
        _whole[output] = null;
        return tensor;
    }
}
