using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Client;

/// <summary>What <c>POST /v1/classify</c> answers: <c>results</c> of one image or <c>images</c> of several.</summary>
internal sealed record OneShotAnswer(string Model, IReadOnlyList<ScoredLabel>? Results, IReadOnlyList<OneShotAnswer.Image>? Images)
{
    public IReadOnlyList<ClassifyResponse> ToResponses(StageTimings timings) => Results is not null
        ? [new ClassifyResponse(Model, Results, timings)]
        : [.. (Images ?? []).Select((image, i) => new ClassifyResponse(Model, image.Results, i == 0 ? timings : StageTimings.Zero))];

    internal sealed record Image(IReadOnlyList<ScoredLabel> Results);
}
