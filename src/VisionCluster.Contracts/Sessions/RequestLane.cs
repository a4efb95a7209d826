using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Sessions;

/// <summary>
/// How urgent a call is. A lower lane is served before a higher one; a call that waits long enough rises, so that no
/// lane starves.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<RequestLane>))]
public enum RequestLane
{
    /// <summary>A person waits for the answer: clicks, hover.</summary>
    Interactive = 0,

    /// <summary>A program waits for the answer. The default.</summary>
    Online = 1,

    /// <summary>Nobody waits: pre-embedding, automatic masks, indexing.</summary>
    Bulk = 2,
}
