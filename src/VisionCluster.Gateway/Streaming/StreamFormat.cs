namespace VisionCluster.Gateway.Streaming;

/// <summary>How an answer of many steps is sent.</summary>
internal enum StreamFormat
{
    /// <summary>One JSON document at the end.</summary>
    Document,

    /// <summary>A line of JSON for each step.</summary>
    Lines,

    /// <summary>A server-sent event for each step.</summary>
    Events,
}
