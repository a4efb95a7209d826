using Google.Protobuf.Reflection;
using VisionCluster.Gateway.Rpc.Inference;

namespace VisionCluster.Gateway.Tests.Rpc;

/// <summary>
/// Names, numbers and types are those of the public definitions: <c>open_inference_grpc.proto</c> of
/// kserve/open-inference-protocol, and for the stream and the index <c>grpc_service.proto</c> of triton-inference-server/common.
/// </summary>
public sealed class ProtocolDefinitionTests
{
    private static readonly string[] Public =
    [
        "rpc ServerLive ServerLiveRequest ServerLiveResponse", "rpc ServerReady ServerReadyRequest ServerReadyResponse",
        "rpc ModelReady ModelReadyRequest ModelReadyResponse", "rpc ServerMetadata ServerMetadataRequest ServerMetadataResponse",
        "rpc ModelMetadata ModelMetadataRequest ModelMetadataResponse", "rpc ModelInfer ModelInferRequest ModelInferResponse",
        "rpc ModelStreamInfer stream ModelInferRequest stream ModelStreamInferResponse",
        "rpc RepositoryIndex RepositoryIndexRequest RepositoryIndexResponse",
        "ServerLiveResponse 1 bool live", "ServerReadyResponse 1 bool ready",
        "ModelReadyRequest 1 string name", "ModelReadyRequest 2 string version", "ModelReadyResponse 1 bool ready",
        "ServerMetadataResponse 1 string name", "ServerMetadataResponse 2 string version", "ServerMetadataResponse 3 repeated string extensions",
        "ModelMetadataRequest 1 string name", "ModelMetadataRequest 2 string version",
        "TensorMetadata 1 string name", "TensorMetadata 2 string datatype", "TensorMetadata 3 repeated int64 shape",
        "ModelMetadataResponse 1 string name", "ModelMetadataResponse 2 repeated string versions", "ModelMetadataResponse 3 string platform",
        "ModelMetadataResponse 4 repeated TensorMetadata inputs", "ModelMetadataResponse 5 repeated TensorMetadata outputs",
        "InferInputTensor 1 string name", "InferInputTensor 2 string datatype", "InferInputTensor 3 repeated int64 shape",
        "InferInputTensor 4 map InferParameter parameters", "InferInputTensor 5 InferTensorContents contents",
        "InferRequestedOutputTensor 1 string name", "InferRequestedOutputTensor 2 map InferParameter parameters",
        "ModelInferRequest 1 string model_name", "ModelInferRequest 2 string model_version", "ModelInferRequest 3 string id",
        "ModelInferRequest 4 map InferParameter parameters", "ModelInferRequest 5 repeated InferInputTensor inputs",
        "ModelInferRequest 6 repeated InferRequestedOutputTensor outputs", "ModelInferRequest 7 repeated bytes raw_input_contents",
        "InferOutputTensor 1 string name", "InferOutputTensor 2 string datatype", "InferOutputTensor 3 repeated int64 shape",
        "InferOutputTensor 4 map InferParameter parameters", "InferOutputTensor 5 InferTensorContents contents",
        "ModelInferResponse 1 string model_name", "ModelInferResponse 2 string model_version", "ModelInferResponse 3 string id",
        "ModelInferResponse 4 map InferParameter parameters", "ModelInferResponse 5 repeated InferOutputTensor outputs",
        "ModelInferResponse 6 repeated bytes raw_output_contents",
        "InferParameter 1 bool bool_param", "InferParameter 2 int64 int64_param", "InferParameter 3 string string_param",
        "InferParameter 4 double double_param", "InferParameter 5 uint64 uint64_param",
        "InferTensorContents 1 repeated bool bool_contents", "InferTensorContents 2 repeated int32 int_contents",
        "InferTensorContents 3 repeated int64 int64_contents", "InferTensorContents 4 repeated uint32 uint_contents",
        "InferTensorContents 5 repeated uint64 uint64_contents", "InferTensorContents 6 repeated float fp32_contents",
        "InferTensorContents 7 repeated double fp64_contents", "InferTensorContents 8 repeated bytes bytes_contents",
        "ModelStreamInferResponse 1 string error_message", "ModelStreamInferResponse 2 ModelInferResponse infer_response",
        "RepositoryIndexRequest 1 string repository_name", "RepositoryIndexRequest 2 bool ready",
        "ModelIndex 1 string name", "ModelIndex 2 string version", "ModelIndex 3 string state", "ModelIndex 4 string reason",
        "RepositoryIndexResponse 1 repeated ModelIndex models",
    ];

    [Fact]
    public void Descriptor_OfTheService_IsThePublicDefinition()
    {
        Assert.Equal("inference.GRPCInferenceService", GRPCInferenceService.Descriptor.FullName);
        var methods = GRPCInferenceService.Descriptor.Methods.Select(method =>
            $"rpc {method.Name} {Stream(method.IsClientStreaming)}{method.InputType.Name} {Stream(method.IsServerStreaming)}{method.OutputType.Name}");
        var fields = OpenInferenceReflection.Descriptor.MessageTypes.SelectMany(WithNested).SelectMany(message => message.Fields.InFieldNumberOrder()).Select(Line);
        Assert.Equal(Public.Order(StringComparer.Ordinal), methods.Concat(fields).Order(StringComparer.Ordinal));
    }

    private static string Stream(bool streams) => streams ? "stream " : "";

    private static IEnumerable<MessageDescriptor> WithNested(MessageDescriptor message) =>
        message.NestedTypes.Where(nested => !nested.Name.EndsWith("Entry", StringComparison.Ordinal)).Prepend(message);

    private static string Line(FieldDescriptor field)
    {
        var type = field.IsMap ? field.MessageType.FindFieldByNumber(2).MessageType.Name
            : field.FieldType == FieldType.Message ? field.MessageType.Name
            : field.FieldType.ToString().ToLowerInvariant();
        return $"{field.ContainingType.Name} {field.FieldNumber} {(field.IsMap ? "map " : field.IsRepeated ? "repeated " : "")}{type} {field.Name}";
    }
}
