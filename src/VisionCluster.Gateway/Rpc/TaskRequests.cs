using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.AutomaticMasks;
using Contract = VisionCluster.Contracts;
using Message = VisionCluster.Gateway.Rpc.Tasks;

namespace VisionCluster.Gateway.Rpc;

/// <summary>
/// Messages of the task API to the requests of HTTP: what is not set has their defaults, and what is wrong is found by their
/// rules.
/// </summary>
internal static class TaskRequests
{
    public static SegmentRequest ToRequest(Message.SegmentRequest message)
    {
        var request = new SegmentRequest
        {
            Model = message.HasModel ? message.Model : null,
            Prompts = [.. message.Prompts.Select(ToPrompt)],
            Output = ToOutput(message.Output),
        };
        return message.HasMultimask ? request with { Multimask = message.Multimask } : request;
    }

    public static SegmentRequest ToRequest(Message.SegmentTextRequest message) => new()
    {
        Model = message.HasModel ? message.Model : null,
        Prompts = [new SegmentPrompt { Text = message.Text }],
        Output = ToOutput(message.Output),
    };

    public static ClassifyRequest ToRequest(Message.ClassifyRequest message)
    {
        var request = new ClassifyRequest
        {
            Model = message.HasModel ? message.Model : null,
            Labels = Labels(message.Vocabulary),
            LabelSet = LabelSet(message.Vocabulary),
            Templates = Templates(message.Vocabulary),
            Mode = (ScoreMode)message.Mode,
        };
        return message.HasTopK ? request with { TopK = message.TopK } : request;
    }

    public static DetectRequest ToRequest(Message.DetectRequest message)
    {
        var usual = new DetectRequest();
        return usual with
        {
            Model = message.HasModel ? message.Model : null,
            Labels = Labels(message.Vocabulary),
            LabelSet = LabelSet(message.Vocabulary),
            Templates = Templates(message.Vocabulary),
            Proposals = message.HasProposals ? (ProposalSource)message.Proposals : null,
            Boxes = message.Boxes.Count > 0 ? [.. message.Boxes.Select(ToBox)] : null,
            RegionEncoder = message.HasRegionEncoder ? (RegionEncoder)message.RegionEncoder : null,
            Fusion = (ScoreFusion)message.Fusion,
            ScoreThreshold = message.HasScoreThreshold ? message.ScoreThreshold : usual.ScoreThreshold,
            NmsIou = message.HasNmsIou ? message.NmsIou : usual.NmsIou,
            TopK = message.HasTopK ? message.TopK : usual.TopK,
            Temperature = message.HasTemperature ? message.Temperature : null,
            Background = message.HasBackground ? message.Background : usual.Background,
            Masks = message.Masks,
            MaxProposals = message.HasMaxProposals ? message.MaxProposals : usual.MaxProposals,
        };
    }

    /// <exception cref="VisionException"><c>InvalidRequest</c>: an input is empty.</exception>
    public static EmbeddingsRequest ToRequest(Message.EmbedRequest message) => new()
    {
        Model = message.HasModel ? message.Model : null,
        Truncate = message.Truncate,
        Input = [.. message.Inputs.Select(static input => input.InputCase switch
        {
            Message.EmbedInput.InputOneofCase.Text => EmbeddingInput.OfText(input.Text),
            Message.EmbedInput.InputOneofCase.Image => EmbeddingInput.OfImage(input.Image),
            Message.EmbedInput.InputOneofCase.Content => EmbeddingInput.OfContent(input.Content.Memory),
            _ => throw VisionException.Invalid("Every input must be a text, an image's id or a file."),
        })],
    };

    public static Contract.Search.SearchRequest ToRequest(Message.SearchRequest message)
    {
        var request = new Contract.Search.SearchRequest
        {
            Model = message.HasModel ? message.Model : null,
            Text = message.HasText ? message.Text : null,
            Image = message.HasImage ? message.Image : null,
        };
        return message.HasTopK ? request with { TopK = message.TopK } : request;
    }

    public static EverythingRequest ToRequest(Message.EverythingRequest message)
    {
        var usual = new EverythingRequest();
        return usual with
        {
            Model = message.HasModel ? message.Model : null,
            PointsPerSide = message.HasPointsPerSide ? message.PointsPerSide : null,
            PointsPerBatch = message.HasPointsPerBatch ? message.PointsPerBatch : usual.PointsPerBatch,
            PredIouThresh = message.HasPredIouThresh ? message.PredIouThresh : usual.PredIouThresh,
            StabilityScoreThresh = message.HasStabilityScoreThresh ? message.StabilityScoreThresh : usual.StabilityScoreThresh,
            StabilityScoreOffset = message.HasStabilityScoreOffset ? message.StabilityScoreOffset : usual.StabilityScoreOffset,
            BoxNmsThresh = message.HasBoxNmsThresh ? message.BoxNmsThresh : usual.BoxNmsThresh,
            CropNLayers = message.CropNLayers,
            CropNmsThresh = message.HasCropNmsThresh ? message.CropNmsThresh : usual.CropNmsThresh,
            CropOverlapRatio = message.HasCropOverlapRatio ? message.CropOverlapRatio : usual.CropOverlapRatio,
            CropNPointsDownscaleFactor = message.HasCropNPointsDownscaleFactor
                ? message.CropNPointsDownscaleFactor : usual.CropNPointsDownscaleFactor,
            MinMaskRegionArea = message.MinMaskRegionArea,
        };
    }

    private static SegmentPrompt ToPrompt(Message.Prompt prompt) => new()
    {
        Points = [.. prompt.Points.Select(static point => new PromptPoint(point.X, point.Y, point.HasLabel ? point.Label : 1))],
        Box = prompt.Box is { } box ? ToBox(box) : null,
        MaskId = prompt.HasMaskId ? prompt.MaskId : null,
        Text = prompt.HasText ? prompt.Text : null,
    };

    private static PixelBox ToBox(Message.Box box) => new(box.X0, box.Y0, box.X1, box.Y1);

    private static MaskOutput ToOutput(Message.MaskOptions? output) => output is null
        ? new MaskOutput()
        : new MaskOutput { Format = (MaskFormat)output.Format, Threshold = output.Threshold };

    /// <summary>Arrays: a message's own lists do not travel between silos.</summary>
    private static string[]? Labels(Message.Vocabulary? words) => words?.Labels.Count > 0 ? [.. words.Labels] : null;

    private static string? LabelSet(Message.Vocabulary? words) => words?.HasLabelSet == true ? words.LabelSet : null;

    private static PromptTemplates Templates(Message.Vocabulary? words) =>
        words?.Templates.Count > 0 ? PromptTemplates.FromList(words.Templates.ToArray())
        : words?.HasTemplateSet == true ? PromptTemplates.Named(words.TemplateSet)
        : PromptTemplates.Simple;
}
