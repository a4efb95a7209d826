using System.Text.Json;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Models.Clip;
using VisionCluster.Inference.Text;
using VisionCluster.TestKit.ReferenceData;

namespace VisionCluster.Inference.Tests.Models.Clip;

/// <summary>Against the original CLIP's embeddings and probabilities, in each way of exporting it.</summary>
public sealed class ClipReferenceTests
{
    [ReferenceTheory]
    [InlineData("vit_vision_model.onnx", "vit")]
    [InlineData("rn_vision_model.onnx", "rn")]
    public async Task Embed_SplitExport_MatchesImagesTextsAndProbabilities(string imageEncoder, string prefix)
    {
        await using var model = Load(("imageEncoder", imageEncoder), ("textEncoder", "text_model.onnx"));
        await CompareAsync(model, prefix);
    }

    [ReferenceFact]
    public async Task Embed_CombinedExport_MatchesImagesTextsAndProbabilities()
    {
        await using var model = Load(("combined", "vit_model.onnx"));
        await CompareAsync(model, "vit");
    }

    [ReferenceFact]
    public async Task MeanOf_TemplatesOfEachClass_MatchesZeroShotWeights()
    {
        await using var model = Load(("imageEncoder", "vit_vision_model.onnx"), ("textEncoder", "text_model.onnx"));
        var reference = ReferenceFiles.Json("clip/clip.json");
        var templates = Strings(reference, "templates");
        var expected = Rows("zeroshot_class_embeds.npy");
        var classes = Strings(reference, "classes");
        for (var i = 0; i < classes.Length; i++)
        {
            var embedded = await model.EmbedAsync([.. templates.Select(t => t.Replace("{}", classes[i]))], ModelFixture.Call);
            var mean = UnitVector.MeanOf([.. Enumerable.Range(0, embedded.Count).Select(row => embedded.Row(row).ToArray())]);
            Assert.True(Cosine(expected[i], mean) > 0.99999);
        }
    }

    private static async Task CompareAsync(ClipModel model, string prefix)
    {
        var reference = ReferenceFiles.Json("clip/clip.json");
        var labels = Strings(reference, "labels");
        var texts = await model.EmbedAsync(labels, ModelFixture.Call);
        var expectedTexts = Rows("text_embeds.npy");
        for (var i = 0; i < labels.Length; i++)
        {
            Assert.True(Cosine(expectedTexts[i], texts.Row(i)) > 0.99999, labels[i]);
        }

        await CompareImagesAsync(model, prefix, reference, labels, texts);
    }

    private static async Task CompareImagesAsync(
        ClipModel model, string prefix, JsonElement reference, string[] labels, LabelEmbeddings texts)
    {
        var images = Strings(reference, "images");
        var embeddings = Rows($"{prefix}_image_embeds.npy");
        var probabilities = Rows($"{prefix}_probs.npy");
        var codec = new VipsImageCodec(new ImageLimits());
        for (var i = 0; i < images.Length; i++)
        {
            // The reference ignores EXIF, which we apply, and resizes palettes and alpha in their own modes.
            if (images[i] is "exif.jpg" or "palette.png" or "rgba.png")
            {
                continue;
            }

            var pixels = codec.Decode(File.ReadAllBytes(ReferenceFiles.Path($"preprocess/images/{images[i]}")), CancellationToken.None);
            var embedding = await model.EmbedAsync(pixels, ModelFixture.Call);
            Assert.True(Cosine(embeddings[i], embedding.Values) > 0.9999, images[i]);
            var ranked = ZeroShotClassifier.Rank(embedding.Values, texts, labels, ScoreMode.Softmax, 100, labels.Length);
            Assert.All(ranked, label => Assert.Equal(probabilities[i][label.Index], label.Score, 2e-2));
            Assert.Equal(Array.IndexOf(probabilities[i], probabilities[i].Max()), ranked[0].Index);
        }
    }

    private static ClipModel Load(params (string, string)[] files) => new(
        ModelFixture.Folder(ReferenceFiles.Path("clip"), ModelFamily.Clip, ModelFixture.ClipImage, files),
        ModelFixture.Services,
        ClipTokenizer.FromMerges(Path.Combine(AppContext.BaseDirectory, "models", "starter-clip", "merges.txt")));

    private static string[] Strings(JsonElement json, string name) =>
        [.. json.GetProperty(name).EnumerateArray().Select(value => value.GetString()!)];

    private static float[][] Rows(string file)
    {
        var array = NpyFile.Read(ReferenceFiles.Path($"clip/golden/{file}"));
        return [.. array.Floats().Chunk(array.Shape[^1])];
    }

    private static double Cosine(ReadOnlySpan<float> one, ReadOnlySpan<float> other) =>
        System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(one, other);
}
