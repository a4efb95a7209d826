using Microsoft.ML.OnnxRuntime;
using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models;

/// <summary>Checks a model folder on a device without serving it.</summary>
/// <param name="device">Where its graphs run.</param>
/// <param name="options">How sessions are made.</param>
/// <param name="time">The clock that limits runs.</param>
public sealed class ModelVerifier(OnnxDevice device, OnnxOptions options, TimeProvider time)
{
    /// <summary>Compares every file with its digest, then the graphs' outputs with the recorded ones.</summary>
    /// <returns>
    /// The largest difference, relative to the largest recorded output; null where the folder has no self-test.
    /// </returns>
    /// <exception cref="VisionException"><c>ModelUnavailable</c> with what is wrong.</exception>
    public double? Verify(ModelFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        folder.VerifyChecksums();
        try
        {
            return GraphSelfTest.Run(folder, device, options, time);
        }
        catch (Exception error) when (error is OnnxRuntimeException or IOException or InvalidDataException
            or InvalidOperationException or KeyNotFoundException)
        {
            throw new VisionException(
                VisionErrorCode.ModelUnavailable,
                $"The self-test of model '{folder.Manifest.Name}' cannot be run: {error.Message}",
                error);
        }
    }
}
