using Microsoft.Net.Http.Headers;

namespace VisionCluster.Gateway.Streaming;

/// <summary>Media types of streams.</summary>
internal static class StreamFormats
{
    public const string Lines = "application/x-ndjson";
    public const string Events = "text/event-stream";

    /// <summary>What the caller likes best; a document where it says nothing.</summary>
    public static StreamFormat Of(HttpRequest request)
    {
        foreach (var accepted in request.GetTypedHeaders().Accept
            .Where(type => type.Quality is not 0).OrderByDescending(type => type.Quality ?? 1))
        {
            if (accepted.MediaType.Equals(Lines, StringComparison.OrdinalIgnoreCase))
            {
                return StreamFormat.Lines;
            }

            if (accepted.MediaType.Equals(Events, StringComparison.OrdinalIgnoreCase))
            {
                return StreamFormat.Events;
            }

            if (IsJson(accepted))
            {
                return StreamFormat.Document;
            }
        }

        return StreamFormat.Document;
    }

    private static bool IsJson(MediaTypeHeaderValue type) =>
        type.MatchesAllTypes || type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        || type.MediaType.Equals("application/*", StringComparison.OrdinalIgnoreCase);
}
