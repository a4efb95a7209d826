using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.AutomaticMasks;
using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Tests.AutomaticMasks;

public sealed class MaskLedgerTests
{
    private readonly List<EverythingUpdate> _updates = [];

    [Fact]
    public async Task ShowAsync_BetterMaskDisplacesOne_RestoresWhatThatHadDisplaced()
    {
        // 1 covers both; 0 and 2 do not meet each other.
        var (left, middle, right) = (Candidate(0, 0, 10, 0.6f), Candidate(1, 4, 14, 0.7f), Candidate(2, 8, 18, 0.8f));
        var ledger = Ledger(new EverythingRequest { BoxNmsThresh = 0.3f });

        ledger.Add([left, middle]);
        await ledger.ShowAsync();
        Assert.Equal([1], Standing());
        ledger.Add([right]);
        await ledger.CloseAsync();

        Assert.Equal([2, 0], await ledger.FinishAsync());
        Assert.Equal([0, 2], Standing());
    }

    [Fact]
    public async Task FinishAsync_SameMaskInTwoCrops_KeepsTheSmallerCrops()
    {
        var ledger = Ledger(new EverythingRequest());
        ledger.Add([Candidate(0, 0, 10, 0.9f)]);
        await ledger.CloseAsync();
        ledger.Add([Candidate(1, 0, 10, 0.5f) with { Crop = new PixelRect(0, 0, 10, 10) }]);
        await ledger.CloseAsync();

        Assert.Equal([1], await ledger.FinishAsync());
        Assert.Equal([1], Standing());
    }

    [Fact]
    public async Task FinishAsync_SmallHole_TellsTheMaskAnewUnderItsId()
    {
        var ledger = Ledger(new EverythingRequest { MinMaskRegionArea = 3 });
        ledger.Add([Candidate(0, 0, 1, 0.9f) with { Runs = [25, 3, 17, 1, 1, 1, 17, 3, 332] }]);
        await ledger.CloseAsync();

        Assert.Equal([0], await ledger.FinishAsync());
        Assert.Equal([8L, 9L], _updates.Select(update => update.Mask!.Area));
        Assert.All(_updates, update => Assert.Null(update.Dropped));
    }

    [Fact]
    public void Add_MoreBytesThanAllowed_IsRefused()
    {
        var ledger = Ledger(new EverythingRequest(), maxBytes: 11);

        var error = Assert.Throws<VisionException>(() => ledger.Add([Candidate(0, 0, 10, 0.9f)]));

        Assert.Equal(VisionErrorCode.InvalidRequest, error.Code);
    }

    private static MaskCandidate Candidate(int id, int x0, int x1, float score) =>
        new(id, [0, 5, 395], new InclusiveBox(x0, 0, x1, 9), score, 1, (x0, 0), new PixelRect(0, 0, 20, 20));

    private MaskLedger Ledger(EverythingRequest request, long maxBytes = 1 << 20) => new(
        request,
        20,
        maxBytes,
        candidate => new AutomaticMask
        {
            Id = candidate.Id,
            Segmentation = new MaskSegmentation([20, 20]),
            Area = candidate.Runs.Where((_, i) => i % 2 == 1).Sum(run => run),
            Bbox = [],
            PredictedIou = candidate.Score,
            StabilityScore = candidate.Stability,
            PointCoords = [],
            CropBox = [],
        },
        update =>
        {
            _updates.Add(update);
            return ValueTask.CompletedTask;
        });

    private int[] Standing()
    {
        var standing = new SortedSet<int>();
        foreach (var update in _updates)
        {
            if (update.Mask is { } mask)
            {
                standing.Add(mask.Id);
            }

            standing.ExceptWith(update.Dropped ?? []);
        }

        return [.. standing];
    }
}
