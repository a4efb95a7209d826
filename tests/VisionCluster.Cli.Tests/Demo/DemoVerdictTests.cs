using VisionCluster.Cli.Commands;
using VisionCluster.Cli.Demo;

namespace VisionCluster.Cli.Tests.Demo;

public sealed class DemoVerdictTests
{
    private static readonly DemoAnswer[] Masks = [new("", "", 1) { Iou = 0.9 }, new("", "", 1) { Iou = 0.5 }];
    private static readonly DemoAnswer[] BadMasks = [new("", "", 1) { Iou = 0.1 }, new("", "", 1) { Iou = 0.3 }];
    private static readonly DemoAnswer[] Names = [new("", "", 1) { Right = true }, new("", "", 1) { Right = false }];
    private static readonly DemoAnswer[] BadNames = [new("", "", 1) { Right = false }];

    [Fact]
    public void Check_PlausibleAnswers_Passes() => DemoVerdict.Check(Masks, Masks, Names, Names);

    [Fact]
    public void Check_AbsurdAnswers_SaysWhichModelIsToBlame()
    {
        Assert.Contains("clicks", Message(() => DemoVerdict.Check(BadMasks, Masks, Names, Names)), StringComparison.Ordinal);
        Assert.Contains("boxes", Message(() => DemoVerdict.Check(Masks, BadMasks, Names, Names)), StringComparison.Ordinal);
        Assert.Contains("CLIP", Message(() => DemoVerdict.Check(Masks, Masks, BadNames, Names)), StringComparison.Ordinal);
        Assert.Contains("detect", Message(() => DemoVerdict.Check(Masks, Masks, Names, [])), StringComparison.Ordinal);
    }

    private static string Message(Action check) => Assert.Throws<CommandException>(check).Message;
}
