using System.Text.Json.Serialization;
using VisionCluster.Contracts.Classification;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>Labels of the images of a form.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Results">Labels of the only image, best first; left out for several.</param>
/// <param name="Images">Labels of each image, in order; left out for one.</param>
internal sealed record OneShotAnswer(
    string Model,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ScoredLabel>? Results,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<OneShotImage>? Images);
