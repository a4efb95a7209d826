using System.Globalization;

namespace VisionCluster.Cli.Tests.Models.Pull;

/// <summary>What a hub sends before it closes the connection.</summary>
/// <param name="Status">Its code.</param>
/// <param name="Body">What really follows the headers.</param>
/// <param name="Headers">Whatever they claim.</param>
internal sealed record HubAnswer(int Status, ReadOnlyMemory<byte> Body, params (string Name, string Value)[] Headers)
{
    /// <summary>The file, or the rest of it that was asked for.</summary>
    /// <param name="file">All of it.</param>
    /// <param name="request">Says from where.</param>
    /// <param name="cutAfter">Breaks off after so many bytes.</param>
    /// <param name="headers">More headers.</param>
    public static HubAnswer Of(byte[] file, HubRequest request, int? cutAfter = null, params (string Name, string Value)[] headers)
    {
        var rest = file.AsMemory(request.From ?? 0);
        (string, string) length = ("Content-Length", rest.Length.ToString(CultureInfo.InvariantCulture));
        (string, string)[] range = request.From is { } from ? [("Content-Range", $"bytes {from}-{file.Length - 1}/{file.Length}")] : [];
        return new HubAnswer(
            request.From is null ? 200 : 206, cutAfter is { } cut ? rest[..Math.Min(cut, rest.Length)] : rest, [length, .. range, .. headers]);
    }
}
