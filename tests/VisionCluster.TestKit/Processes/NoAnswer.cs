using System.Net.Sockets;

namespace VisionCluster.TestKit.Processes;

/// <summary>A request to a server that may be gone.</summary>
public static class NoAnswer
{
    /// <summary>
    /// Whether it failed for want of an answer. Where a process dies between a connection's start and its first use, the
    /// client of .NET throws the socket's own error; where it dies while an answer is read as it comes, the stream's.
    /// </summary>
    public static bool Is(Exception error) =>
        error is HttpRequestException or SocketException or IOException or OperationCanceledException;
}
