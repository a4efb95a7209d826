using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Classification;

namespace VisionCluster.Contracts.Detection;

/// <summary>What a <see cref="DetectRequest"/> must keep to.</summary>
internal static class DetectRequestRules
{
    public static List<string> Violations(DetectRequest request, double width, double height)
    {
        var found = new List<string>();
        LabelRules.Check(request.Labels, request.LabelSet, found);
        LabelRules.Check(request.Templates, found);
        CheckBoxes(request, width, height, found);
        CheckNumbers(request, found);
        return found;
    }

    private static void CheckBoxes(DetectRequest request, double width, double height, List<string> found)
    {
        if (request.Proposals == ProposalSource.Boxes && request.Boxes is not { Count: > 0 })
        {
            found.Add("'proposals' says boxes, but 'boxes' is empty.");
        }
        else if (request.Proposals is not (null or ProposalSource.Boxes) && request.Boxes is { Count: > 0 })
        {
            found.Add("'boxes' are given, but 'proposals' says otherwise.");
        }

        if (request.ProposalModel is not null && request.Proposals is not (null or ProposalSource.Rpn))
        {
            found.Add("'proposalModel' is named, but 'proposals' does not say rpn.");
        }

        if (request.PointsPerSide is < 1 or > EverythingRequest.MaxPointsPerSide)
        {
            found.Add($"'pointsPerSide' must be 1 to {EverythingRequest.MaxPointsPerSide}.");
        }

        if (request.MaxProposals is < 1 or > DetectRequest.MaxBoxes)
        {
            found.Add($"'maxProposals' must be 1 to {DetectRequest.MaxBoxes}.");
        }

        if (request.Boxes is { Count: > DetectRequest.MaxBoxes })
        {
            found.Add($"'boxes' must hold at most {DetectRequest.MaxBoxes} boxes.");
            return;
        }

        for (var i = 0; i < (request.Boxes?.Count ?? 0); i++)
        {
            PixelBoxRules.Check(request.Boxes![i], $"boxes[{i}]", width, height, found);
        }
    }

    private static void CheckNumbers(DetectRequest request, List<string> found)
    {
        if (!(request.ScoreThreshold is >= 0 and <= 1))
        {
            found.Add("'scoreThreshold' must be 0 to 1.");
        }

        if (!(request.NmsIou is >= 0 and <= 1))
        {
            found.Add("'nmsIou' must be 0 to 1.");
        }

        if (!(request.NmsSigma is > 0 and <= 10) || !Enum.IsDefined(request.Nms))
        {
            found.Add("'nms' must be hard or soft, and 'nmsSigma' greater than 0 and at most 10.");
        }

        if (request.TopK is < 1 or > DetectRequest.MaxBoxes)
        {
            found.Add($"'topK' must be 1 to {DetectRequest.MaxBoxes}.");
        }

        if (request.Temperature is { } temperature && !(temperature is > 0 and <= 100))
        {
            found.Add("'temperature' must be greater than 0 and at most 100.");
        }

        if (!Enum.IsDefined(request.Fusion) || (request.RegionEncoder is { } encoder && !Enum.IsDefined(encoder))
            || (request.Proposals is { } proposals && !Enum.IsDefined(proposals)))
        {
            found.Add("'fusion', 'regionEncoder' and 'proposals' must have known values.");
        }
    }
}
