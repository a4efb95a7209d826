using Grpc.Core;
using Grpc.Net.Client;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Rpc;

/// <summary>A server with a port for gRPC, for all tests of a class.</summary>
public sealed class RpcServer : IAsyncLifetime
{
    private readonly int _port = FreePort.Next();
    private VisionTestServer? _server;
    private GrpcChannel? _channel;

    public VisionTestServer Server => _server!;

    internal ChannelBase Channel => _channel!;

    public async Task InitializeAsync()
    {
        _server = await VisionTestServer.StartAsync(null, $"Vision:Gateway:GrpcPort={_port}");
        _channel = Open(_port);
    }

    public async Task DisposeAsync()
    {
        _channel!.Dispose();
        await _server!.DisposeAsync();
    }

    internal static GrpcChannel Open(int port) => GrpcChannel.ForAddress(
        $"http://127.0.0.1:{port}", new GrpcChannelOptions { MaxReceiveMessageSize = 64 << 20, MaxSendMessageSize = 64 << 20 });

    internal static async Task<RpcException> RefusedAsync(Task call, StatusCode status)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.True(status == error.StatusCode, error.ToString());
        return error;
    }
}
