namespace VisionCluster.Cli.Models.Evaluation;

/// <summary>A picture of the evaluation set.</summary>
/// <param name="Image">The file's name, beside <c>eval.json</c>.</param>
/// <param name="Vocabulary">Labels to choose from.</param>
/// <param name="Objects">What is in it.</param>
internal sealed record EvaluationScene(
    string Image, IReadOnlyList<string> Vocabulary, IReadOnlyList<EvaluationObject> Objects);
