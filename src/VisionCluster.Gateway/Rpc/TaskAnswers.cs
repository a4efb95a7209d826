using Google.Protobuf;
using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Search;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Sessions;
using Message = VisionCluster.Gateway.Rpc.Tasks;

namespace VisionCluster.Gateway.Rpc;

/// <summary>Answers of the cluster as messages of the task API.</summary>
internal static class TaskAnswers
{
    public static Message.Image ToMessage(ImageDescription image, bool created) => new()
    {
        Id = image.Id,
        Width = image.Width,
        Height = image.Height,
        Format = image.Format,
        Bytes = image.Bytes,
        Sha256 = image.Sha256,
        Created = created,
    };

    public static Message.SegmentResponse ToMessage(SegmentResponse response) => new()
    {
        Model = response.Model,
        Results = { response.Results.Select(static result => new Message.PromptMasks { Masks = { result.Masks.Select(ToMessage) } }) },
    };

    public static Message.ClassifyResponse ToMessage(ClassifyResponse response) => new()
    {
        Model = response.Model,
        Results =
        {
            response.Results.Select(static result => new Message.ScoredLabel
            {
                Label = result.Label, Index = result.Index, Score = result.Score, Similarity = result.Similarity,
            }),
        },
    };

    public static Message.DetectResponse ToMessage(DetectResponse response) => new()
    {
        Model = response.Model,
        Detections = { response.Detections.Select(ToMessage) },
    };

    public static Message.EmbedResponse ToMessage(EmbeddingsResponse response)
    {
        var message = new Message.EmbedResponse { Model = response.Model, Tokens = response.Usage.TotalTokens };
        foreach (var row in response.Data)
        {
            message.Embeddings.Add(new Message.Embedding { Values = { row.Embedding.Values.ToArray() } });
        }

        return message;
    }

    public static Message.SearchResponse ToMessage(SearchResponse response) => new()
    {
        Model = response.Model,
        Results = { response.Results.Select(static found => new Message.FoundImage { Id = found.Image, Score = found.Score }) },
        Compared = response.Compared,
        Complete = response.Complete,
    };

    public static Message.EverythingUpdate ToMessage(EverythingUpdate update) => update switch
    {
        { Mask: { } mask } => new Message.EverythingUpdate { Mask = ToMessage(mask) },
        { Dropped: { } dropped } => new Message.EverythingUpdate { Dropped = new Message.DroppedMasks { Ids = { dropped } } },
        { Done: { } done } => new Message.EverythingUpdate { Done = new Message.EverythingSummary { Model = done.Model, Masks = { done.Masks } } },
        _ => new Message.EverythingUpdate
        {
            Progress = new Message.EverythingProgress
            {
                Points = update.Progress?.Points ?? 0, TotalPoints = update.Progress?.TotalPoints ?? 0, Masks = update.Progress?.Masks ?? 0,
            },
        },
    };

    private static Message.Mask ToMessage(SegmentedMask mask)
    {
        var message = new Message.Mask
        {
            MaskId = mask.MaskId,
            Score = mask.Score,
            Area = mask.Area,
            Bbox = { mask.Bbox },
            Rle = mask.Rle is { } rle ? new Message.Rle { Height = rle.Size[0], Width = rle.Size[1], Counts = rle.Counts } : null,
            Polygons =
            {
                mask.Polygons?.Select(static polygon => new Message.Polygon
                {
                    Exterior = ToRing(polygon.Exterior), Holes = { polygon.Holes.Select(ToRing) },
                }) ?? [],
            },
        };
        if (mask.Label is { } label)
        {
            message.Label = label;
        }

        if (mask.Png is { } png)
        {
            message.Png = UnsafeByteOperations.UnsafeWrap(png);
        }

        return message;
    }

    private static Message.Ring ToRing(IReadOnlyList<int> coordinates) => new() { Coordinates = { coordinates } };

    private static Message.Detection ToMessage(DetectedObject found)
    {
        var message = new Message.Detection
        {
            Label = found.Label,
            Index = found.Index,
            Score = found.Score,
            Probability = found.Probability,
            Box = new Message.Box { X0 = found.Box.X0, Y0 = found.Box.Y0, X1 = found.Box.X1, Y1 = found.Box.Y1 },
            Mask = found.Mask is { } mask ? ToMessage(mask) : null,
        };
        if (found.Objectness is { } objectness)
        {
            message.Objectness = objectness;
        }

        return message;
    }

    private static Message.AutomaticMask ToMessage(AutomaticMask mask)
    {
        var message = new Message.AutomaticMask
        {
            Id = mask.Id,
            Segmentation = new Message.Rle
            {
                Height = mask.Segmentation.Size[0], Width = mask.Segmentation.Size[1], Counts = mask.Segmentation.Counts ?? "",
            },
            Area = mask.Area,
            Bbox = { mask.Bbox },
            PredictedIou = mask.PredictedIou,
        };
        if (mask.StabilityScore is { } stability)
        {
            message.StabilityScore = stability;
        }

        return message;
    }
}
