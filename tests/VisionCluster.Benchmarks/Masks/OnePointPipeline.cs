using Microsoft.ML.OnnxRuntime;
using VisionCluster.Inference.Masks;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Benchmarks.Masks;

/// <summary>
/// Automatic masks the way Python must find them on Meta's export, whose batch is one: a run for each point, which
/// gives four masks of the picture's size as floats, then stability, threshold, box and runs from their pixels.
/// </summary>
internal sealed class OnePointPipeline : IDisposable
{
    private const int Tokens = 4;

    private readonly OnnxDevice _device = new(AcceleratorKind.Cpu, 0);
    private readonly InferenceSession _decoder;
    private readonly OrtValue _embedding;
    private readonly (int Width, int Height) _size;

    public OnePointPipeline(string decoder, float[] embedding, int width, int height)
    {
        using var options = _device.CreateSessionOptions(new OnnxOptions(), keepRunMemory: true);
        _decoder = new InferenceSession(decoder, options);
        _embedding = OrtValue.CreateTensorValueFromMemory(embedding, [1, 256, 64, 64]);
        _size = (width, height);
    }

    /// <summary>How many masks stand.</summary>
    public int Run((double X, double Y)[] grid, float minIou, float minStability)
    {
        var (boxes, scores, strings) = (new List<float>(), new List<float>(), new List<string>());
        foreach (var (x, y) in grid)
        {
            using var outputs = Decode((float)(x * 1024), (float)(y * 1024 * _size.Height / _size.Width));
            var ious = outputs[1].GetTensorDataAsSpan<float>();
            for (var token = 1; token < Tokens; token++)
            {
                if (ious[token] > minIou
                    && Draw(outputs[0].GetTensorDataAsSpan<float>().Slice(token * _size.Width * _size.Height, _size.Width * _size.Height), minStability) is { } rle)
                {
                    var box = CocoRleCodec.Box(rle);
                    boxes.AddRange([box.X, box.Y, box.X + box.Width - 1, box.Y + box.Height - 1]);
                    scores.Add(ious[token]);
                    strings.Add(rle.Counts);
                }
            }
        }

        return BoxNms.Keep([.. boxes], [.. scores], 0.7f).Length;
    }

    public void Dispose()
    {
        _embedding.Dispose();
        _decoder.Dispose();
    }

    private IDisposableReadOnlyCollection<OrtValue> Decode(float x, float y)
    {
        using var points = OrtValue.CreateTensorValueFromMemory<float>([x, y, 0, 0], [1, 2, 2]);
        using var labels = OrtValue.CreateTensorValueFromMemory<float>([1, -1], [1, 2]);
        using var mask = OrtValue.CreateTensorValueFromMemory(new float[256 * 256], [1, 1, 256, 256]);
        using var hasMask = OrtValue.CreateTensorValueFromMemory<float>([0], [1]);
        using var size = OrtValue.CreateTensorValueFromMemory<float>([_size.Height, _size.Width], [2]);
        using var options = new RunOptions();
        return _decoder.Run(
            options,
            ["image_embeddings", "point_coords", "point_labels", "mask_input", "has_mask_input", "orig_im_size"],
            [_embedding, points, labels, mask, hasMask, size],
            ["masks", "iou_predictions"]);
    }

    private CocoRle? Draw(ReadOnlySpan<float> logits, float minStability)
    {
        var (above, below) = (0, 0);
        var pixels = new byte[logits.Length];
        for (var i = 0; i < logits.Length; i++)
        {
            above += logits[i] > 1 ? 1 : 0;
            below += logits[i] > -1 ? 1 : 0;
            pixels[i] = logits[i] > 0 ? (byte)1 : (byte)0;
        }

        return (float)above / below >= minStability ? CocoRleCodec.Encode(pixels, _size.Height, _size.Width) : null;
    }
}
