using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Models.Clip;

namespace VisionCluster.Inference.Tests.Models.Clip;

/// <summary>How far a text's embedding depends on the texts that it shared a run with.</summary>
public sealed class TextBatchTests
{
    /// <summary>Of numbers of a vector of length 1; matrix products add up in another order in another batch.</summary>
    private const float Tolerance = 1e-6f;

    [Fact]
    public async Task Embed_AloneAndInBatches_DiffersByRoundingAtMost()
    {
        var folder = ManifestReader.Read(Path.Combine(AppContext.BaseDirectory, "models", "starter-clip"));
        await using var model = (ClipModel)ModelFactory.Create(folder, ModelFixture.Services);
        string[] texts = [.. Enumerable.Range(0, 20).Select(i => $"a photo of thing number {i * i * i}")];
        var together = await model.EmbedAsync(texts, ModelFixture.Call);
        var worst = 0f;
        for (var i = 0; i < texts.Length; i++)
        {
            var alone = await model.EmbedAsync([texts[i]], ModelFixture.Call);
            for (var j = 0; j < alone.Dimension; j++)
            {
                worst = Math.Max(worst, Math.Abs(alone.Row(0)[j] - together.Row(i)[j]));
            }
        }

        Assert.True(worst <= Tolerance, $"largest difference {worst:g3}");
    }
}
