using System.Runtime.InteropServices;
using Google.Protobuf;
using VisionCluster.Gateway.Rpc.Inference;
using VisionCluster.Gateway.Tests.OpenInference;

namespace VisionCluster.Gateway.Tests.Rpc;

/// <summary>Requests as clients of the protocol make them.</summary>
internal static class InferMessages
{
    public static ModelInferRequest Of(GraphSample sample, bool raw)
    {
        var request = new ModelInferRequest { ModelName = sample.Graph, Id = "42" };
        foreach (var tensor in sample.Inputs)
        {
            var input = new ModelInferRequest.Types.InferInputTensor { Name = tensor.Name, Datatype = tensor.Datatype, Shape = { tensor.Shape } };
            request.Inputs.Add(input);
            if (raw)
            {
                request.RawInputContents.Add(ByteString.CopyFrom(tensor.Data));
            }
            else if (tensor.Datatype == "INT64")
            {
                input.Contents = new InferTensorContents { Int64Contents = { MemoryMarshal.Cast<byte, long>(tensor.Data).ToArray() } };
            }
            else
            {
                input.Contents = new InferTensorContents { Fp32Contents = { MemoryMarshal.Cast<byte, float>(tensor.Data).ToArray() } };
            }
        }

        return request;
    }
}
