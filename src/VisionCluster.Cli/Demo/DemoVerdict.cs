using System.Globalization;
using VisionCluster.Cli.Commands;

namespace VisionCluster.Cli.Demo;

/// <summary>Tells a cluster that works from one whose models answer at random.</summary>
internal static class DemoVerdict
{
    private const double LeastIou = 0.4;

    /// <exception cref="CommandException">The answers are not those of working models.</exception>
    public static void Check(
        IReadOnlyList<DemoAnswer> clicks,
        IReadOnlyList<DemoAnswer> boxes,
        IReadOnlyList<DemoAnswer> names,
        IReadOnlyList<DemoAnswer> found)
    {
        CheckIou("clicks", clicks);
        CheckIou("boxes", boxes);
        if (!names.Any(answer => answer.Right is true))
        {
            throw new CommandException("Not one object got its right label: the CLIP model does not work.");
        }

        if (!found.Any(answer => answer.Right is true))
        {
            throw new CommandException("Not one object was detected: the detection does not work.");
        }
    }

    private static void CheckIou(string what, IReadOnlyList<DemoAnswer> answers)
    {
        var mean = answers.Average(answer => answer.Iou ?? 0);
        if (!(mean >= LeastIou))
        {
            throw new CommandException(string.Create(
                CultureInfo.InvariantCulture,
                $"The masks of the {what} have a mean IoU of {mean:F2} with the truth: the SAM model does not work."));
        }
    }
}
