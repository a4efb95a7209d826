using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>What became of one image of many.</summary>
internal sealed record BatchLine
{
    /// <summary>Its place in the body, from 0.</summary>
    public int Index { get; init; }

    /// <summary>The file's name.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>Set where all went well.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImageDescription? Image { get; init; }

    /// <summary>Problem details (RFC 9457) where it did not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ProblemDetails? Error { get; init; }
}
