namespace VisionCluster.Cli.Models.Evaluation;

/// <summary>One line of the evaluation's table.</summary>
/// <param name="Model">Which model it is of.</param>
/// <param name="Name">What was measured.</param>
/// <param name="Value">0 to 1.</param>
/// <param name="Count">Over how many objects.</param>
internal sealed record Figure(string Model, string Name, double Value, int Count);
