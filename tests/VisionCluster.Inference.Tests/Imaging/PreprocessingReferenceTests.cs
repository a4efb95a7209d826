using System.Text.Json;
using VisionCluster.Inference.Imaging;
using VisionCluster.TestKit.ReferenceData;

namespace VisionCluster.Inference.Tests.Imaging;

public sealed class PreprocessingReferenceTests
{
    private static readonly VipsImageCodec _codec = new(new ImageLimits());

    [ReferenceFact]
    public void Decode_EveryImage_IsWhatPillowDecodes()
    {
        foreach (JsonElement image in Images())
        {
            // Pillow leaves the orientation alone, so the turned image is covered by its resized variants.
            if (image.GetProperty("exif_orientation").ValueKind == JsonValueKind.Null)
            {
                RgbImage own = Load(image.GetProperty("file").GetString()!);
                RgbImage recorded = Load(image.GetProperty("decoded_rgb").GetString()!);

                Assert.Equal((0, 0), PixelDifference.Of(own, recorded));
            }
        }
    }

    [ReferenceTheory]
    [InlineData("clip_u8")]
    [InlineData("sam_u8")]
    public void Write_EveryVariantOfTheServedPath_IsExact(string kind)
    {
        var failures = new List<string>();
        int compared = 0;
        foreach (JsonElement image in Images())
        {
            bool turned = image.GetProperty("exif_orientation").ValueKind != JsonValueKind.Null;
            bool rgb = image.GetProperty("mode").GetString() == "RGB";
            foreach (JsonElement variant in image.GetProperty("variants").EnumerateArray())
            {
                string name = variant.GetProperty("name").GetString()!;
                if ((name == "openai" && !rgb) || !variant.TryGetProperty(kind, out JsonElement file)
                    || file.ValueKind == JsonValueKind.Null)
                {
                    continue;
                }

                bool upright = turned && name != "exif_applied";
                RgbImage source = Load(image.GetProperty(upright ? "decoded_rgb" : "file").GetString()!);
                RgbImage expected = Load(file.GetString()!);
                RgbImage actual = Resize(source, kind == "clip_u8", expected.Width, expected.Height);
                compared++;
                if (PixelDifference.Of(actual, expected) is var difference && difference != (0, 0))
                {
                    failures.Add($"{file}: {difference}");
                }
            }
        }

        Assert.True(failures.Count == 0 && compared >= 10, $"{compared}\n{string.Join("\n", failures)}");
    }

    [ReferenceFact]
    public void Write_ClipTensor_HasTheRecordedValues()
    {
        JsonElement root = ReferenceFiles.Json("preprocess/preprocess.json");
        float[] mean = Numbers(root, "clip_mean");
        float[] std = Numbers(root, "clip_std");
        var preprocessor = new ImagePreprocessor(Models.Clip with { Mean = mean, Std = std });
        float[] tensor = new float[preprocessor.TensorLength];
        foreach (JsonElement image in Images().Where(i => i.GetProperty("mode").GetString() == "RGB"
            && i.GetProperty("exif_orientation").ValueKind == JsonValueKind.Null))
        {
            JsonElement variant = image.GetProperty("variants")[0];

            preprocessor.Write(Load(image.GetProperty("file").GetString()!), tensor);

            for (int channel = 0; channel < 3; channel++)
            {
                float[] first = Numbers(variant.GetProperty("clip_first8_per_channel")[channel]);
                Assert.All(first.Zip(tensor.Skip(channel * 224 * 224)), p => Assert.Equal(p.First, p.Second, 1e-6f));
                Assert.Equal(
                    Numbers(variant, "clip_mean")[channel],
                    tensor.Skip(channel * 224 * 224).Take(224 * 224).Average(v => (double)v), 1e-5);
            }
        }
    }

    [ReferenceFact]
    public void For_RecordedSizes_IsExact()
    {
        foreach (JsonElement shape in ReferenceFiles.Json("preprocess/geometry.json").GetProperty("shapes").EnumerateArray())
        {
            (int h, int w) = Pair(shape, "hw");
            ResizeGeometry sam = ResizeGeometry.For(Models.Sam, w, h);
            ResizeGeometry clip = ResizeGeometry.For(Models.Clip, w, h);

            Assert.Equal(Pair(shape, "sam1024_hw"), (sam.ResizedHeight, sam.ResizedWidth));
            Assert.Equal(Pair(shape, "clip224_resized_hw"), (clip.ResizedHeight, clip.ResizedWidth));
            Assert.Equal(Pair(shape, "clip224_crop_top_left"), (clip.CropY, clip.CropX));
        }
    }

    [ReferenceFact]
    public void Map_RecordedPoints_AreTransformedAlike()
    {
        foreach (JsonElement c in ReferenceFiles.Json("preprocess/geometry.json").GetProperty("coords").EnumerateArray())
        {
            (int h, int w) = Pair(c, "original_hw");
            double[] point = [.. c.GetProperty("point_xy").EnumerateArray().Select(v => v.GetDouble())];

            (float x, float y) = ResizeGeometry.For(Models.Sam, w, h).Map(point[0], point[1]);

            Assert.Equal(c.GetProperty("transformed_xy")[0].GetDouble(), x, 1e-4);
            Assert.Equal(c.GetProperty("transformed_xy")[1].GetDouble(), y, 1e-4);
        }
    }

    private static JsonElement.ArrayEnumerator Images() =>
        ReferenceFiles.Json("preprocess/preprocess.json").GetProperty("images").EnumerateArray();

    private static RgbImage Load(string file) =>
        _codec.Decode(File.ReadAllBytes(ReferenceFiles.Path("preprocess/" + file)), CancellationToken.None);

    private static RgbImage Resize(RgbImage source, bool clip, int width, int height)
    {
        float[] numbers = new float[3 * width * height];
        new ImagePreprocessor(clip ? Models.Clip : Models.Sam).WriteBytesHwc(source, numbers);
        return new RgbImage(width, height, [.. numbers.Select(n => (byte)n)]);
    }

    private static (int, int) Pair(JsonElement element, string name) =>
        (element.GetProperty(name)[0].GetInt32(), element.GetProperty(name)[1].GetInt32());

    private static float[] Numbers(JsonElement element, string name) => Numbers(element.GetProperty(name));

    private static float[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(v => v.GetSingle())];
}
