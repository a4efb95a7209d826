using VisionCluster.Contracts.Errors;

namespace VisionCluster.Gateway.Admission;

/// <summary>One image of a body of many.</summary>
/// <param name="Index">Its place in the body, from 0.</param>
/// <param name="Name">The file's name; null for an id.</param>
/// <param name="Id">An image that was uploaded before; null for a file.</param>
/// <param name="Bytes">The file; null for an id.</param>
/// <param name="Error">Why it cannot be taken.</param>
internal sealed record BatchEntry(int Index, string? Name, string? Id, byte[]? Bytes, VisionException? Error = null);
